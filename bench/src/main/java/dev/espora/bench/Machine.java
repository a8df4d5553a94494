package dev.espora.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What a benchmark ran on, as far as a reader needs it to compare. */
final class Machine {
  private Machine() {}

  /**
   * Names with their values.
   *
   * @param directory whose file system matters
   */
  static Map<String, String> facts(Path directory) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(
        "system",
        "%s %s, %s"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch")));
    facts.put(
        "processors",
        Runtime.getRuntime().availableProcessors()
            + line("/proc/cpuinfo", "model name").map(model -> " x " + model).orElse(""));
    line("/proc/meminfo", "MemTotal").ifPresent(memory -> facts.put("memory", memory));
    facts.put("file system", fileSystem(directory));
    facts.put("Java", Runtime.version() + ", " + System.getProperty("java.vm.name"));
    return facts;
  }

  /** The most important of them in one line. */
  static String summary() {
    return "%s %s, %d processors, Java %s"
        .formatted(
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            Runtime.getRuntime().availableProcessors(),
            Runtime.version());
  }

  private static Optional<String> line(String file, String name) {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst();
    } catch (IOException e) {
      return Optional.empty(); // not Linux
    }
  }

  private static String fileSystem(Path directory) {
    try {
      return Files.getFileStore(directory).type();
    } catch (IOException e) {
      return "unknown";
    }
  }
}
