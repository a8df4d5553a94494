package dev.espora.bench;

import dev.espora.bench.PeerWork.Writes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Counts the syncs of an engine with {@code strace}, in a run of its own, since a traced process is
 * slower.
 *
 * @param strace where it is; empty if it is not installed
 * @param trace file for what it says
 */
record SyncCounter(Optional<Path> strace, Path trace) {

  /** What was found. */
  sealed interface Outcome {}

  /**
   * Syncs that were seen, those of all threads and processes together.
   *
   * @param acknowledged operations that had to be synced
   */
  record Counted(long acknowledged, long syncs) implements Outcome {

    double each() {
      return (double) syncs / acknowledged;
    }

    /** Whether operations were acknowledged without one: a sync covers one of each caller's. */
    boolean missing(Load load) {
      return syncs * load.threads() < acknowledged;
    }
  }

  /** Nothing was counted. */
  record Unchecked(String reason) implements Outcome {}

  static SyncCounter in(Workplace workplace) {
    return new SyncCounter(SyncCheck.installed("strace"), workplace.resolve("trace"));
  }

  /**
   * @param run runs the work under the program that it gets
   */
  Outcome count(Function<List<String>, Writes> run) {
    if (strace.isEmpty()) {
      return new Unchecked("strace is not installed");
    }
    List<String> tracer =
        List.of(
            strace.get().toString(),
            "-f",
            "--seccomp-bpf",
            "-e",
            SyncTrace.CALLS,
            "-o",
            trace.toString());
    try {
      long acknowledged = run.apply(tracer).acknowledged();
      return new Counted(acknowledged, syncs());
    } catch (IllegalStateException e) {
      return new Unchecked(String.valueOf(e.getMessage()));
    } finally {
      Workplace.delete(trace);
    }
  }

  private long syncs() {
    try (Stream<String> lines = Files.lines(trace)) {
      return SyncTrace.count(lines, PeerWork.BEGIN, PeerWork.END);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
