package dev.espora.cli;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The packaged program as a black box. */
final class Espora {
  /** {@code bin/espora} of the packaged program. */
  static final Path PROGRAM =
      Path.of(System.getProperty("espora.program", "target/espora/bin/espora")).toAbsolutePath();

  private static final int PATIENCE_SECONDS = 180;

  /**
   * JVMs that live for seconds compile quickly rather than well. What {@code up} is asked for in
   * {@link Up} is as it is shipped.
   */
  private static final String QUICKLY =
      System.getProperty("espora.quickly", "-XX:TieredStopAtLevel=1");

  /** What Java says of it, wherever somebody looks at what was printed. */
  private static final Pattern SAID =
      Pattern.compile("(?m)^.*NOTE: Picked up JDK_JAVA_OPTIONS: .*\n");

  /** Below those that Linux gives to clients, 32768 and above. */
  private static final int FIRST_PORT = 10_000;

  private static final int LAST_PORT = 32_000;

  /** How a command that ends by itself ended. */
  record Outcome(int status, String out, String err) {}

  private Espora() {}

  static Outcome run(Path directory, String... arguments) throws IOException, InterruptedException {
    return runPrefixed(directory, List.of(), arguments);
  }

  /** As {@link #run}, by way of a command that starts the program, {@code setpriv} say. */
  static Outcome runPrefixed(Path directory, List<String> prefix, String... arguments)
      throws IOException, InterruptedException {
    File out = Files.createTempFile(directory, "out", "").toFile();
    File err = Files.createTempFile(directory, "err", "").toFile();
    List<String> command = new ArrayList<>(prefix);
    command.add(PROGRAM.toString());
    command.addAll(List.of(arguments));
    Process process = quick(command).redirectOutput(out).redirectError(err).start();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError(
            "still running: "
                + command
                + "\n"
                + Files.readString(out.toPath())
                + Files.readString(err.toPath()));
      }
      return new Outcome(process.exitValue(), printed(out.toPath()), printed(err.toPath()));
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      Files.delete(out.toPath());
      Files.delete(err.toPath());
    }
  }

  /** As {@link #builder}, for what lives for seconds; {@link #printed} is what it printed. */
  static ProcessBuilder quick(List<String> command) {
    ProcessBuilder builder = builder(command);
    builder.environment().put("JDK_JAVA_OPTIONS", QUICKLY);
    return builder;
  }

  static String printed(Path file) throws IOException {
    return SAID.matcher(Files.readString(file)).replaceAll("");
  }

  /** Without the environment variables that stand for options. */
  static ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("ESPORA_"));
    List.of("PORT", "DB", "UPSTREAMS", "UNIX_SOCKET").forEach(builder.environment()::remove);
    return builder;
  }

  /**
   * A port that nobody listens on. It is none that the system gives to clients: until it is
   * listened on, and between a process and its successor, the clients of other tests come and go.
   */
  static int freePort() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT + 1);
      try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return port;
      } catch (IOException _) {
        // Somebody has it.
      }
    }
  }
}
