package dev.espora.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The system calls of a process: which there are, and what happens if one of them fails. */
final class Strace {
  private static final Pattern CALL = Pattern.compile("^(\\d+) +(\\w+)\\((.*)");

  /** Calls without a file among their arguments, which nobody but the storage makes. */
  private static final Set<String> NAMELESS = Set.of("msync");

  /** Calls that the JVM makes as well, so that a small number is not one of the storage. */
  private static final Set<String> SHARED =
      Set.of("openat", "pread64", "lseek", "mmap", "statx", "newfstatat", "getdents64");

  /** One of the calls of a thread. */
  record Call(String name, int number) {}

  private Strace() {}

  /** Whether there is such a tool here, and it may trace. */
  static boolean isPermitted() throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder("strace", "-f", "--seccomp-bpf", "-e", "trace=fsync", "true")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Traces the calls of these names, and of those that a command starts. */
  static List<String> tracing(Collection<String> calls, Path trace, List<String> command) {
    return traced(calls, trace, List.of("--seccomp-bpf"), command);
  }

  /** Lets one call of each thread fail. */
  static List<String> injecting(Injection injection, Path trace, List<String> command) {
    List<String> more = new ArrayList<>(List.of("-e", "inject=" + injection.expression()));
    if (!injection.kills()) {
      more.add("--seccomp-bpf"); // faster, but then strace delivers no signals
    }
    return traced(List.of(injection.call()), trace, more, command);
  }

  /** As {@link #injecting}, in processes that run already; the calls before do not count. */
  static List<String> attaching(Injection injection, Path trace, List<String> target) {
    List<String> inject = List.of("-e", "inject=" + injection.expression());
    return traced(List.of(injection.call()), trace, inject, target);
  }

  private static List<String> traced(
      Collection<String> calls, Path trace, List<String> more, List<String> command) {
    List<String> all = new ArrayList<>(List.of("strace", "-f", "-y", "-o", trace.toString()));
    all.addAll(List.of("-e", "trace=" + String.join(",", calls)));
    all.addAll(more);
    all.addAll(command);
    return all;
  }

  /** The calls that concern files of a directory, in a trace of everything that may be injected. */
  static Set<Call> callsOn(Path directory, Path trace) throws IOException {
    Map<String, Map<String, Integer>> counts = new HashMap<>(); // by thread
    Map<String, Set<Call>> found = new HashMap<>();
    for (String line : Files.readAllLines(trace)) {
      Matcher call = CALL.matcher(line);
      if (!call.find()) {
        continue;
      }
      String thread = call.group(1);
      String name = call.group(2);
      int number =
          counts.computeIfAbsent(thread, _ -> new HashMap<>()).merge(name, 1, Integer::sum);
      if (NAMELESS.contains(name) || call.group(3).contains(directory.toString())) {
        found.computeIfAbsent(thread, _ -> new TreeSet<>(ORDER)).add(new Call(name, number));
      }
    }
    Set<Call> busiest =
        found.values().stream().max(Comparator.comparingInt(Set::size)).orElse(Set.of());
    Set<Call> calls = new TreeSet<>(ORDER);
    found
        .values()
        .forEach(each ->
            each.stream()
                .filter(call -> !SHARED.contains(call.name()) || busiest.contains(call))
                .forEach(calls::add));
    return calls;
  }

  private static final Comparator<Call> ORDER =
      Comparator.comparing(Call::name).thenComparingInt(Call::number);

  /** Whether what happened concerned a file of a directory. */
  static boolean hit(Injection injection, Path directory, Path trace) throws IOException {
    List<String> lines = Files.readAllLines(trace);
    boolean named = NAMELESS.contains(injection.call());
    if (injection.kills()) {
      Map<String, Integer> counts = new HashMap<>();
      for (String line : lines) {
        Matcher call = CALL.matcher(line);
        if (call.find()
            && counts.merge(call.group(1), 1, Integer::sum) == injection.number()
            && (named || call.group(3).contains(directory.toString()))) {
          return lines.getLast().contains("killed by SIGKILL");
        }
      }
      return false;
    }
    return lines.stream()
        .anyMatch(
            line -> line.contains("(INJECTED)") && (named || line.contains(directory.toString())));
  }
}
