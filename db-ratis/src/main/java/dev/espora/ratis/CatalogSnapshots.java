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
    File file = storage.getSnapshotFile(at.getTerm(), at.getIndex());
    Durably.write(building, image.bytes());
    MD5Hash checksum = MD5FileUtil.computeMd5ForFile(building.toFile());
    Path folder = file.getAbsoluteFile().getParentFile().toPath();
    MD5FileUtil.saveMD5File(file, checksum);
    Durably.syncDirectory(folder); // whoever finds a snapshot finds its checksum
    Files.move(building, file.toPath(), StandardCopyOption.ATOMIC_MOVE);
    Durably.syncDirectory(folder);
    storage.updateLatestSnapshot(
        new SingleFileSnapshotInfo(
            new FileInfo(file.toPath(), checksum), at.getTerm(), at.getIndex()));
  }
}
