package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import dev.espora.db.Journal;
import dev.espora.db.codec.Input;
import dev.espora.db.disk.DiskFile;
import dev.espora.db.disk.FileMapping;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The parts of a snapshot, in a mapping of its file, or in memory where files cannot be mapped. The
 * mapping lives as long as this object does; the file may be deleted meanwhile. Safe for use by
 * several threads.
 */
final class SnapshotParts implements Journal.Parts {
  private static final int ROW_BYTES = 16;
  private static final int FOOTER_BYTES = 8;
  private static final Cleaner CLEANER = Cleaner.create();

  private final Path path;
  private final byte[] table;
  private final int count;
  private final Source source;

  /** Where bytes of the file come from. */
  @FunctionalInterface
  private interface Source {
    void copy(long offset, byte[] target);
  }

  private SnapshotParts(Path path, byte[] table, int count, Source source) {
    this.path = path;
    this.table = table;
    this.count = count;
    this.source = source;
  }

  /**
   * Reads the table behind the parts.
   *
   * @param begin where the first part begins
   * @param checksum what the table's is chained to
   */
  static SnapshotParts of(DiskFile file, Path path, long begin, int checksum) throws IOException {
    long size = file.size();
    if (size < begin + FOOTER_BYTES) {
      throw new DatabaseException.Corrupt(path, size, "it ends too early");
    }
    byte[] footer = SnapshotFile.read(file, path, size - FOOTER_BYTES, FOOTER_BYTES);
    int count = new Input(footer).readInt();
    long tableBytes = count * (long) ROW_BYTES;
    long tableAt = size - FOOTER_BYTES - tableBytes;
    if (count < 0 || tableBytes > Integer.MAX_VALUE - 8 || tableAt < begin) {
      throw new DatabaseException.Corrupt(
          path, size - FOOTER_BYTES, "it cannot have " + count + " parts");
    }
    byte[] table = SnapshotFile.read(file, path, tableAt, (int) tableBytes);
    checkTable(path, tableAt, table, footer, checksum);
    FileMapping mapping = file.map();
    SnapshotParts parts;
    if (mapping == null) {
      byte[] all = SnapshotFile.read(file, path, 0, Math.toIntExact(tableAt));
      parts =
          new SnapshotParts(
              path,
              table,
              count,
              (offset, target) -> System.arraycopy(all, (int) offset, target, 0, target.length));
    } else {
      parts =
          new SnapshotParts(
              path,
              table,
              count,
              (offset, target) -> mapping.get(offset, target, 0, target.length));
      CLEANER.register(parts, mapping::close);
    }
    parts.checkPlaces(begin, tableAt);
    return parts;
  }

  private static void checkTable(
      Path path, long tableAt, byte[] table, byte[] footer, int checksum) {
    CRC32C crc = new CRC32C();
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      crc.update(checksum >>> shift);
    }
    crc.update(table, 0, table.length);
    crc.update(footer, 0, FOOTER_BYTES - 4);
    if ((int) crc.getValue() != new Input(footer, 4, 4).readInt()) {
      throw new DatabaseException.Corrupt(path, tableAt, "the checksum of its table is wrong");
    }
  }

  /** Parts lie one behind the other, so that every byte of the file is covered by a checksum. */
  private void checkPlaces(long begin, long end) {
    long expected = begin;
    for (int i = 0; i < count; i++) {
      Input row = row(i);
      if (row.readLong() != expected) {
        throw new DatabaseException.Corrupt(path, expected, "a part is not where its table says");
      }
      int length = row.readInt();
      if (length < 0 || length > end - expected) {
        throw new DatabaseException.Corrupt(path, expected, "no part has " + length + " bytes");
      }
      expected += length;
    }
    if (expected != end) {
      throw new DatabaseException.Corrupt(path, expected, "something lies behind the last part");
    }
  }

  private Input row(int index) {
    return new Input(table, index * ROW_BYTES, ROW_BYTES);
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public byte[] get(int index) {
    Input row = row(index);
    long offset = row.readLong();
    byte[] part = new byte[row.readInt()];
    try {
      source.copy(offset, part);
    } catch (InternalError e) {
      throw new DatabaseException.StorageFailed(
          path + " cannot be read at byte " + offset + ": the disk fails", e);
    } finally {
      Reference.reachabilityFence(this);
    }
    if (Checksum.of(part, 0, part.length) != row.readInt()) {
      throw new DatabaseException.Corrupt(path, offset, "the checksum of a part is wrong");
    }
    return part;
  }
}
