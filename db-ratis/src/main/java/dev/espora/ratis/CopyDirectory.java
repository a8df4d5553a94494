package dev.espora.ratis;

import dev.espora.db.DatabaseException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.apache.ratis.server.protocol.TermIndex;

/**
 * Where a group's copy of the partitions is, and what stands beside it for a while: a copy that
 * comes from another node, one that is made for another node, and the old one while it is replaced.
 *
 * @param current {@code copy-N}
 */
record CopyDirectory(Path current) {
  private static final int ARRIVED_BYTES = 20;

  /** That of a group of a node. */
  static CopyDirectory of(NodeConfig config, int group) {
    return new CopyDirectory(config.data().resolve("copy-" + group));
  }

  /** What comes from another node. */
  Path coming() {
    return beside("coming");
  }

  /** What is made for another node. */
  Path going() {
    return beside("going");
  }

  /** A file that is not complete. */
  Path building() {
    return beside("snapshot");
  }

  /** The catalog that belongs to what has come; there as long as that is not in its place. */
  private Path arrived() {
    return beside("arrived");
  }

  private Path old() {
    return beside("old");
  }

  private Path beside(String what) {
    return current.resolveSibling(current.getFileName() + "." + what);
  }

  /** Remembers, durably, that all of a copy has come, so that a crash cannot leave half of it. */
  void keepArrived(CatalogImage image) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(ARRIVED_BYTES + image.bytes().length);
    bytes.putLong(image.at().getTerm()).putLong(image.at().getIndex());
    bytes.putInt(checksum(image.bytes())).put(image.bytes());
    Durably.write(building(), bytes.array());
    Files.move(building(), arrived(), StandardCopyOption.ATOMIC_MOVE);
    Durably.syncDirectory(parent());
  }

  /**
   * What {@link #keepArrived} has kept.
   *
   * @throws DatabaseException.Corrupt if it is damaged
   */
  Optional<CatalogImage> findArrived() throws IOException {
    if (!Files.exists(arrived())) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(arrived()));
    if (bytes.remaining() < ARRIVED_BYTES) {
      throw new DatabaseException.Corrupt(arrived(), 0, "it was cut short");
    }
    TermIndex at = TermIndex.valueOf(bytes.getLong(), bytes.getLong());
    int stated = bytes.getInt();
    byte[] image = new byte[bytes.remaining()];
    bytes.get(image);
    if (stated != checksum(image)) {
      throw new DatabaseException.Corrupt(arrived(), 0, "its checksum is wrong");
    }
    return Optional.of(new CatalogImage(image, at));
  }

  private static int checksum(byte[] image) {
    CRC32C crc = new CRC32C();
    crc.update(image);
    return (int) crc.getValue();
  }

  /** What had come is in its place, or is of no use. */
  void forgetArrived() throws IOException {
    if (Files.deleteIfExists(arrived())) {
      Durably.syncDirectory(parent());
    }
  }

  /** Leaves what was current, or what has taken its place, and nothing else. */
  void recover() throws IOException {
    if (Files.exists(old()) && !Files.exists(current)) {
      Files.move(old(), current);
      Durably.syncDirectory(parent());
    }
    Durably.delete(old());
    Durably.delete(coming());
    Durably.delete(going());
  }

  /** Puts what came, which is durable, in the place of what was current. */
  void replace() throws IOException {
    Durably.delete(old());
    if (Files.exists(current)) {
      Files.move(current, old());
    }
    Files.move(coming(), current);
    Durably.syncDirectory(parent());
    Durably.delete(old());
  }

  /** Puts what came in its place, unless a crash had left it there already. */
  void replaceIfCome() throws IOException {
    if (Files.exists(coming())) {
      replace();
    }
  }

  private Path parent() {
    return current.toAbsolutePath().resolveSibling("");
  }
}
