package dev.espora.testkit.disk;

import dev.espora.db.Medium;
import dev.espora.testkit.MediumContract;
import dev.espora.testkit.PersistenceContract;
import dev.espora.testkit.ReleaseContract;
import dev.espora.testkit.SharingContract;
import dev.espora.testkit.SnapshotContract;

/** A database on a simulated disk is what it is on a real one. */
class SimulatedMediumTest
    implements MediumContract,
        PersistenceContract,
        SnapshotContract,
        ReleaseContract,
        SharingContract {
  private final SimulatedDisk disk = new SimulatedDisk();

  @Override
  public Medium medium() {
    return disk.medium();
  }

  @Override
  public Medium peer() {
    return disk.process("peer").medium();
  }
}
