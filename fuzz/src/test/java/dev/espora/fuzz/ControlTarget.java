package dev.espora.fuzz;

/**
 * Damage to control blocks with their seals, and the files that say what a directory is: see {@link
 * DamagedFile}.
 */
public final class ControlTarget {

  private ControlTarget() {}

  public static void fuzzerTestOneInput(byte[] input) {
    DamagedFile.check(new Choices(input), name -> !name.contains("."));
  }
}
