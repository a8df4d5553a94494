package dev.espora.ratis;

import java.io.IOException;
import java.util.Optional;

/**
 * Finishes, before a node starts, what it was doing when it ended: putting a copy of another node's
 * data in the place of its own. Ratis lets go of the Raft log at the same time, so there is no way
 * back.
 */
final class CopyTakeover {
  private CopyTakeover() {}

  /** For all groups; any part of it may be done already, and a crash may cut it short again. */
  static void finish(NodeConfig config) throws IOException {
    for (int group = 0; group < config.groups(); group++) {
      CopyDirectory directory = CopyDirectory.of(config, group);
      Optional<CatalogImage> arrived = directory.findArrived();
      if (arrived.isPresent()) {
        RaftFiles files = RaftFiles.of(config, group, true);
        directory.replaceIfCome();
        CatalogSnapshots.store(arrived.get(), files.machine(), directory.building());
        files.purge(arrived.get().at().getIndex());
        directory.forgetArrived();
      }
    }
  }
}
