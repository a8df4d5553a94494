package dev.espora.fuzz;

/** Damage to segments of a log: see {@link DamagedFile}. */
public final class LogTarget {

  private LogTarget() {}

  public static void fuzzerTestOneInput(byte[] input) {
    DamagedFile.check(new Choices(input), name -> name.endsWith(".log"));
  }
}
