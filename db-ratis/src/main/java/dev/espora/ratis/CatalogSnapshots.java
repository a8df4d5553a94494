package dev.espora.ratis;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.MD5FileUtil;

/** Images of a catalog, in the files that Ratis wants to see. */
final class CatalogSnapshots {
  private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();
  private final Path building;

  /**
   * @param building a file for what is not complete
   */
  CatalogSnapshots(Path building) {
    this.building = building;
  }

  /**
   * What was read.
   *
   * @param at the last entry in the image
   */
  record Snapshot(Catalog.Image image, TermIndex at) {}

  void init(RaftStorage raft) throws IOException {
    storage.init(raft);
  }

  StateMachineStorage storage() {
    return storage;
  }

  /** The newest one. */
  Optional<Snapshot> newest() throws IOException {
    SingleFileSnapshotInfo newest = storage.loadLatestSnapshot();
    if (newest == null) {
      return Optional.empty();
    }
    File file = newest.getFile().getPath().toFile();
    MD5FileUtil.verifySavedMD5(file, MD5FileUtil.computeMd5ForFile(file));
    Catalog.Image image = Wire.IMAGE.value(Files.readAllBytes(file.toPath()));
    return Optional.of(new Snapshot(image, TermIndex.valueOf(newest.getTerm(), newest.getIndex())));
  }

  /** Keeps one, durably. */
  void store(CatalogImage image) throws IOException {
    TermIndex at = image.at();
    Path file = storage.getSnapshotFile(at.getTerm(), at.getIndex()).toPath();
    MD5Hash checksum = write(file, image.bytes(), building);
    storage.updateLatestSnapshot(
        new SingleFileSnapshotInfo(new FileInfo(file, checksum), at.getTerm(), at.getIndex()));
  }

  /**
   * Keeps one, durably, while no group is running.
   *
   * @param folder of the group's snapshots
   */
  static void store(CatalogImage image, Path folder, Path building) throws IOException {
    TermIndex at = image.at();
    String name = SimpleStateMachineStorage.getSnapshotFileName(at.getTerm(), at.getIndex());
    Durably.createDirectories(folder);
    var _ = write(folder.resolve(name), image.bytes(), building);
  }

  private static MD5Hash write(Path file, byte[] image, Path building) throws IOException {
    Durably.write(building, image);
    MD5Hash checksum = MD5FileUtil.computeMd5ForFile(building.toFile());
    Path folder = file.toAbsolutePath().resolveSibling("");
    MD5FileUtil.saveMD5File(file.toFile(), checksum);
    Durably.syncDirectory(folder); // whoever finds a snapshot finds its checksum
    Files.move(building, file, StandardCopyOption.ATOMIC_MOVE);
    Durably.syncDirectory(folder);
    return checksum;
  }
}
