package dev.espora.db.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Makes every checksum of a file right again, so that what lies behind the checks is reached. */
public final class Forger {
  private static final int RECORD_OVERHEAD = 8;

  private final ByteBuffer file;

  private Forger(byte[] bytes) {
    this.file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Changes the bytes of a file of that name where there are checksums. */
  public static void forge(String name, byte[] bytes) {
    Forger forger = new Forger(bytes);
    if (name.endsWith(Segments.SUFFIX)) {
      forger.segment();
    } else if (name.endsWith(SnapshotFile.SUFFIX)) {
      forger.snapshot();
    } else if (name.equals(FileJournals.CONTROL)) {
      forger.control();
    } else if (bytes.length >= 4) {
      forger.put(bytes.length - 4, forger.checksum(0, bytes.length - 4));
    }
  }

  private void put(int offset, int value) {
    file.putInt(offset, value);
  }

  private int checksum(int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(file.array(), from, length);
    return (int) crc.getValue();
  }

  private void control() {
    if (file.capacity() == Control.BYTES) {
      int at = Control.BYTES - 8;
      file.putLong(at, 1L << 32 | Integer.toUnsignedLong(checksum(0, at)));
    }
  }

  private void segment() {
    if (file.capacity() < SegmentHeader.BYTES) {
      return;
    }
    put(60, checksum(0, 60));
    int chain = file.getInt(60);
    int at = SegmentHeader.BYTES;
    long before = file.getLong(16) - SegmentHeader.BYTES; // what makes an offset a position
    while (at + Mark.BYTES <= file.capacity() && file.getInt(at) == Mark.WORD) {
      put(at + 4, chain);
      CRC32C crc = new CRC32C();
      crc.update(
          ByteBuffer.allocate(16)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putLong(file.getLong(8))
              .putLong(before + at)
              .flip());
      crc.update(file.array(), at, Mark.BYTES - 4);
      put(at + 32, (int) crc.getValue());
      int body = file.getInt(at + 20);
      at += Mark.BYTES;
      if (body < 0 || body > file.capacity() - at) {
        return;
      }
      chain = records(at, at + body);
      at += body;
    }
  }

  private int records(int from, int to) {
    int at = from;
    int chain = 0;
    while (at + RECORD_OVERHEAD <= to) {
      int length = file.getInt(at) & 0x0FFF_FFFF;
      if (length > to - at - RECORD_OVERHEAD) {
        return chain;
      }
      chain = checksum(at - 4, length + 8);
      put(at + 4 + length, chain);
      at += length + RECORD_OVERHEAD;
    }
    return chain;
  }

  private void snapshot() {
    int size = file.capacity();
    if (size < 56) {
      return;
    }
    int start = 44 + file.getInt(40);
    if (start < 44 || start > size - 12) {
      return;
    }
    put(start, checksum(0, start));
    int count = file.getInt(size - 8);
    long table = size - 8 - 16L * count;
    if (count < 0 || table < start + 4) {
      return;
    }
    for (int row = (int) table; row < size - 8; row += 16) {
      long offset = file.getLong(row);
      int length = file.getInt(row + 8);
      if (offset >= 0 && length >= 0 && offset + length <= size) {
        put(row + 12, checksum((int) offset, length));
      }
    }
    CRC32C crc = new CRC32C();
    crc.update(file.array(), start, 4);
    crc.update(file.array(), (int) table, size - 4 - (int) table);
    put(size - 4, (int) crc.getValue());
  }
}
