package dev.espora.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.DatabaseException;
import dev.espora.testkit.history.Account.Balance;
import dev.espora.testkit.history.Account.Booking;
import dev.espora.testkit.history.KeyValue.Ask;
import dev.espora.testkit.history.KeyValue.Told;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A {@link HistoryProcess} as its parent sees it. */
final class HistoryChild {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Process process;
  private final Path histories;
  private final String name;
  private final BufferedReader said;
  private final Writer commands;
  private boolean ready;

  private HistoryChild(Process process, Path histories, String name) {
    this.process = process;
    this.histories = histories;
    this.name = name;
    this.said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.commands = process.outputWriter(StandardCharsets.UTF_8);
  }

  static HistoryChild start(Path directory, String name, long seed) throws IOException {
    Path histories = Files.createDirectories(directory.resolveSibling("histories"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath(),
                HistoryProcess.class.getName(),
                directory.toString(),
                histories.toString(),
                name,
                String.valueOf(seed))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    return new HistoryChild(process, histories, name);
  }

  private static String classPath() {
    return Stream.of(DatabaseException.class, Model.class, HistoryProcess.class)
        .map(type ->
            Path.of(
                URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString())))
        .map(Path::toString)
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  void awaitReady() throws IOException {
    if (!ready) {
      assertThat(said.readLine()).isEqualTo("ready");
      ready = true;
    }
  }

  /** Waits until it has done so many more operations of either kind, about. */
  void awaitProgress(int operations) throws IOException {
    int bytesOfOne = 60;
    for (Path file :
        List.of(HistoryProcess.asked(histories, name), HistoryProcess.booked(histories, name))) {
      long goal = Files.size(file) + (long) bytesOfOne * operations;
      long deadline = System.nanoTime() + PATIENCE_NANOS;
      while (Files.size(file) < goal) {
        assertThat(isAlive()).as("%s is alive", name).isTrue();
        assertThat(System.nanoTime()).as("%s goes on", name).isLessThan(deadline);
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  /** Returns once it holds the lock of the partition and goes no further. */
  void hold(String partition, HoldingDisk.Point point) throws IOException {
    say("hold " + partition + " " + point);
    assertThat(said.readLine()).isEqualTo("holding");
  }

  void release() throws IOException {
    say("release");
  }

  private void say(String command) throws IOException {
    commands.write(command + "\n");
    commands.flush();
  }

  void signal(String signal) throws IOException, InterruptedException {
    int exit =
        new ProcessBuilder("kill", "-" + signal, String.valueOf(pid()))
            .inheritIO()
            .start()
            .waitFor();
    assertThat(exit).isZero();
  }

  /** SIGKILL; it is gone when this returns. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Lets it end in order; returns its exit code. */
  int stop() throws IOException, InterruptedException {
    say("stop");
    assertThat(process.waitFor(PATIENCE_NANOS, TimeUnit.NANOSECONDS)).as("%s ends", name).isTrue();
    return process.exitValue();
  }

  List<Operation<Ask, Told>> asked() throws IOException {
    return HistoryFile.read(HistoryProcess.asked(histories, name), Ask.class, Told.class);
  }

  List<Operation<Booking, Balance>> booked() throws IOException {
    return HistoryFile.read(HistoryProcess.booked(histories, name), Booking.class, Balance.class);
  }
}
