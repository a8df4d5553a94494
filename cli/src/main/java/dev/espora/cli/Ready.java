package dev.espora.cli;

import java.util.List;
import java.util.stream.Collectors;

/** The line on standard output by which a server says that it serves; {@code up} waits for it. */
final class Ready {
  static final String PREFIX = "ready ";

  private Ready() {}

  static void announce(List<?> addresses) {
    System.out.println(
        PREFIX + addresses.stream().map(Object::toString).collect(Collectors.joining(" ")));
    System.out.flush();
  }
}
