package dev.espora.fuzz;

/** Damage to snapshots and their parts: see {@link DamagedFile}. */
public final class SnapshotTarget {

  private SnapshotTarget() {}

  public static void fuzzerTestOneInput(byte[] input) {
    DamagedFile.check(new Choices(input), name -> name.endsWith(".snapshot"));
  }
}
