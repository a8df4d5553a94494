package dev.espora.db.file;

import java.util.zip.CRC32C;

/** CRC32C of a range of bytes. */
final class Checksum {
  private Checksum() {}

  static int of(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
