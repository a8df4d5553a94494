package dev.espora.bench.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The main process of a server on Linux, which can be killed with its children and started again
 * with the same command.
 *
 * @param data its directory, in which it says who it is
 * @param command that runs it
 */
record ServerProcess(Path data, List<String> command) {

  private static final long BURYING_SECONDS = 5;

  ServerProcess {
    command = List.copyOf(command);
  }

  /** The one that uses a directory. */
  static ServerProcess in(Path data) throws IOException {
    String line = Files.readString(Path.of("/proc", String.valueOf(pid(data)), "cmdline"), UTF_8);
    List<String> command = new ArrayList<>(List.of(line.split("\0", -1)));
    command.removeLast(); // behind the last zero there is nothing
    return new ServerProcess(data, command);
  }

  private static long pid(Path data) throws IOException {
    return Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid"), UTF_8).getFirst());
  }

  /** Returns when all of them are gone. */
  void kill() {
    try {
      ProcessHandle main = ProcessHandle.of(pid(data)).orElseThrow();
      // The main process first: it would start others for those that die.
      List<ProcessHandle> all = new ArrayList<>(List.of(main));
      main.descendants().forEach(all::add);
      all.forEach(ProcessHandle::destroyForcibly);
      CompletableFuture.allOf(
              all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new))
          // Where nobody buries the children of the dead they seem to live on.
          .completeOnTimeout(null, BURYING_SECONDS, TimeUnit.SECONDS)
          .join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns at once. */
  void startAgain() {
    List<String> whole = new ArrayList<>();
    if (isRoot()) {
      whole.addAll(List.of("unshare", "-U")); // PostgreSQL refuses to be root
    }
    whole.addAll(command);
    try {
      var _ =
          new ProcessBuilder(whole)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isRoot() {
    try {
      return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
