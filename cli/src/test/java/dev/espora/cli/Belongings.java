package dev.espora.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a process holds, as Linux tells it in {@code /proc}: how many descriptors and threads of
 * each kind.
 */
record Belongings(Map<String, Long> descriptors, Map<String, Long> threads) {
  private static final Pattern OTHERS =
      Pattern.compile("C[12] Comp.*|.*/partitions/[^/]*/(spare-.*|[0-9a-f]*\\.log)");

  static Belongings of(ProcessHandle process) throws IOException {
    Path proc = Path.of("/proc", String.valueOf(process.pid()));
    return new Belongings(
        count(proc.resolve("fd"), fd -> Files.readSymbolicLink(fd).toString()),
        count(proc.resolve("task"), task -> Files.readString(task.resolve("comm")).strip()));
  }

  /** What there is more of than before, with the numbers before and now. */
  Map<String, String> beyond(Belongings before) {
    Map<String, String> more = new TreeMap<>();
    addMore(more, before.descriptors, descriptors);
    addMore(more, before.threads, threads);
    return more;
  }

  private static void addMore(
      Map<String, String> more, Map<String, Long> before, Map<String, Long> now) {
    now.forEach((kind, count) -> {
      long had = before.getOrDefault(kind, 0L);
      if (count > had) {
        more.put(kind, had + " to " + count);
      }
    });
  }

  @Override
  public String toString() {
    return sum(descriptors) + " descriptors, " + sum(threads) + " threads";
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  private interface Naming {
    String name(Path entry) throws IOException;
  }

  private static Map<String, Long> count(Path directory, Naming naming) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .map(entry -> kind(entry, naming))
          .filter(kind -> !kind.isEmpty())
          .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
    }
  }

  /**
   * The name without numbers; empty for what has gone meanwhile, for the JVM's own threads, and for
   * the segments of a log, which grow with what is stored.
   */
  private static String kind(Path entry, Naming naming) {
    try {
      String name = naming.name(entry).replaceAll("[0-9]+", "");
      return OTHERS.matcher(name).matches() ? "" : name;
    } catch (IOException e) {
      return "";
    }
  }
}
