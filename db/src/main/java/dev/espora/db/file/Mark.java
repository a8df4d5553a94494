package dev.espora.db.file;

import dev.espora.db.Batch;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The record at the front of each batch. It can be checked by itself, wherever it is found, which
 * is how damage in the middle of a log is told from its torn end; the records behind it are chained
 * to it, and it names what it is chained to.
 *
 * <pre>
 *  0  int   0x10000020    kind 1, 32 bytes
 *  4  int   chain         the checksum that ends the bytes before
 *  8  long  sequence      events before this batch
 * 16  int   records       in this batch
 * 20  int   body          bytes of records behind this mark
 * 24  int   unsynced      bytes before this mark that were not known durable when it was written
 * 28  int   backward      bytes of the batch before
 * 32  int   checksum      CRC32C of log identity, position, and bytes 0 to 31
 * 36
 * </pre>
 *
 * <p>A record is {@code int kind and length | payload | int checksum}; its checksum is the CRC32C
 * of the four bytes before it, which are the checksum before, and of all of the record up to the
 * checksum itself.
 */
final class Mark {
  static final int BYTES = Batch.HEADER_BYTES;
  static final int WORD = 1 << 28 | (BYTES - 4);

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Mark() {}

  /**
   * Completes a batch: fills in the mark and all checksums.
   *
   * @return where the log stands behind it
   */
  static LogPoint seal(Batch batch, LogPoint at, long log, int unsynced) {
    byte[] bytes = batch.array();
    int size = batch.size();
    INT.set(bytes, 0, WORD);
    INT.set(bytes, 4, at.chain());
    LONG.set(bytes, 8, at.sequence());
    INT.set(bytes, 16, batch.records());
    INT.set(bytes, 20, size - BYTES);
    INT.set(bytes, 24, unsynced);
    INT.set(bytes, 28, at.backward());
    CRC32C crc = new CRC32C();
    INT.set(bytes, 32, checksum(crc, bytes, 0, log, at.position()));
    int record = BYTES;
    int chain = 0;
    while (record < size) {
      int length = (int) INT.get(bytes, record) & Batch.MAX_PAYLOAD_BYTES;
      chain = recordChecksum(crc, bytes, record, length);
      INT.set(bytes, record + 4 + length, chain);
      record += length + Batch.RECORD_OVERHEAD;
    }
    return new LogPoint(at.position() + size, at.sequence() + batch.records(), chain, size);
  }

  /**
   * Whether a whole mark of this log stands at an offset of the bytes, which is that position of
   * the log.
   */
  static boolean isAt(CRC32C crc, byte[] bytes, int offset, long log, long position) {
    return word(bytes, offset) == WORD
        && (int) INT.get(bytes, offset + 32) == checksum(crc, bytes, offset, log, position);
  }

  private static int checksum(CRC32C crc, byte[] bytes, int offset, long log, long position) {
    byte[] identity = new byte[16];
    LONG.set(identity, 0, log);
    LONG.set(identity, 8, position);
    crc.reset();
    crc.update(identity, 0, identity.length);
    crc.update(bytes, offset, BYTES - 4);
    return (int) crc.getValue();
  }

  static int recordChecksum(CRC32C crc, byte[] bytes, int record, int length) {
    crc.reset();
    crc.update(bytes, record - 4, length + 8);
    return (int) crc.getValue();
  }

  static int word(byte[] bytes, int offset) {
    return (int) INT.get(bytes, offset);
  }

  static int chain(byte[] bytes, int offset) {
    return (int) INT.get(bytes, offset + 4);
  }

  static long sequence(byte[] bytes, int offset) {
    return (long) LONG.get(bytes, offset + 8);
  }

  static int records(byte[] bytes, int offset) {
    return (int) INT.get(bytes, offset + 16);
  }

  static int body(byte[] bytes, int offset) {
    return (int) INT.get(bytes, offset + 20);
  }

  static int unsynced(byte[] bytes, int offset) {
    return (int) INT.get(bytes, offset + 24);
  }

  static int backward(byte[] bytes, int offset) {
    return (int) INT.get(bytes, offset + 28);
  }
}
