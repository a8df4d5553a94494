package dev.espora.cli;

import java.util.Locale;

/** Counts of bytes for people. */
final class ByteCount {
  private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  private ByteCount() {}

  static String text(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double count = bytes;
    int unit = -1;
    while (count >= 1024 && unit < UNITS.length - 1) {
      count /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", count, UNITS[unit]);
  }
}
