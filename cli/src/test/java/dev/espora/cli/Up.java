package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code espora up} as a process; closing it ends whatever it left running.
 *
 * <p>{@code -Despora.nodes=3} makes the instances nodes that replicate.
 */
final class Up implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  /**
   * How soon what was killed is back, or others go on in its place: a promise for a machine that
   * has nothing else to do, so {@code -Despora.within=3} asks for it.
   */
  static final Duration BACK_WITHIN = Duration.ofSeconds(Long.getLong("espora.within", 60));

  private static final int NODES = Integer.getInteger("espora.nodes", 0);
  private static final Duration TRIED_AGAIN_WITHIN = Duration.ofSeconds(15);
  private static final Pattern COMPONENT = Pattern.compile("(?m)^(\\S+) +pid (\\d+) +(\\S+)$");

  private final Process process;
  private int port;
  private final Path out;
  private final Path err;

  private Up(Process process, int port, Path out, Path err) {
    this.process = process;
    this.port = port;
    this.out = out;
    this.err = err;
  }

  /** Starts the bank and waits until it is ready. The logs go into {@code logs}. */
  static Up start(Path logs, Path data, int port, String... more) throws IOException {
    return start(Service.BANK, logs, data, port, more);
  }

  static Up start(Service service, Path logs, Path data, int port, String... more)
      throws IOException {
    List<String> command = command(service, data, port, more);
    if (NODES > 0 && !command.contains("--nodes")) {
      command.addAll(List.of("--nodes", String.valueOf(NODES)));
    }
    return start(logs, port, command);
  }

  /** What starts a service. */
  static List<String> command(Service service, Path data, int port, String... more) {
    List<String> command = new ArrayList<>(List.of(Espora.PROGRAM.toString(), "up"));
    command.addAll(List.of(service.toString(), "--data", data.toString()));
    command.addAll(List.of("--port", String.valueOf(port)));
    command.addAll(List.of(more));
    return command;
  }

  static Up start(Path logs, int port, List<String> command) throws IOException {
    return start(logs, port, command, Map.of());
  }

  /** As {@link #start}, with some variables in its environment. */
  static Up start(Path logs, int port, List<String> command, Map<String, String> environment)
      throws IOException {
    Path out = Files.createTempFile(logs, "up", ".out");
    Path err = Files.createTempFile(logs, "up", ".err");
    ProcessBuilder builder = Espora.builder(command);
    builder.environment().putAll(environment);
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    Up up = new Up(process, port, out, err);
    try {
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(10))
          .failFast("up ended", () -> !process.isAlive())
          .until(() -> Files.readString(out).lines().anyMatch(up::isReady));
      if (port == 0) {
        up.port = Integer.parseInt(up.address("balancer").replaceFirst(".*:", ""));
      }
      return up;
    } catch (RuntimeException | Error e) {
      up.close();
      throw new AssertionError("not ready: " + Files.readString(out) + Files.readString(err), e);
    }
  }

  /** As text or as JSON. */
  private boolean isReady(String line) {
    String url = "http://127.0.0.1:" + port;
    if (port == 0) {
      return line.startsWith("ready http://127.0.0.1:");
    }
    return line.equals("ready " + url) || line.equals("{\"ready\":\"" + url + "\"}");
  }

  /** Also where it was told to choose one. */
  int port() {
    return port;
  }

  String out() throws IOException {
    return Files.readString(out);
  }

  String err() throws IOException {
    return Files.readString(err);
  }

  Process process() {
    return process;
  }

  /** The newest process of a component, dead or alive. */
  long pid(String name) throws IOException {
    String pid = Objects.requireNonNull(line(name).group(2));
    Matcher back = Pattern.compile(Pattern.quote(name) + " is back, pid (\\d+)").matcher(err());
    while (back.find()) {
      pid = Objects.requireNonNull(back.group(1));
    }
    return Long.parseLong(pid);
  }

  ProcessHandle component(String name) throws IOException {
    long pid = pid(name);
    return ProcessHandle.of(pid).orElseThrow(() -> new AssertionError(name + " is dead: " + pid));
  }

  String address(String name) throws IOException {
    return Objects.requireNonNull(line(name).group(3));
  }

  /**
   * A connection that a component holds. The balancer gives them out in turn, and tries one that
   * was away again after a while.
   */
  Client connect(String name) throws IOException {
    ProcessHandle holder = component(name);
    return await("a connection goes to " + name)
        .atMost(TRIED_AGAIN_WITHIN)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> connect(holder), Optional::isPresent)
        .orElseThrow();
  }

  private Optional<Client> connect(ProcessHandle holder) throws IOException {
    Client client = new Client(port);
    assertThat(client.get("/").status()).isEqualTo(404); // so that it was handed over
    if (Connections.holds(holder, port, client.localPort())) {
      return Optional.of(client);
    }
    client.close();
    return Optional.empty();
  }

  /** Where the sockets are. */
  Path runtimeDirectory() throws IOException {
    String address =
        COMPONENT
            .matcher(out())
            .results()
            .map(line -> Objects.requireNonNull(line.group(3)))
            .filter(each -> each.startsWith("handoff:"))
            .findFirst()
            .orElseThrow();
    return Objects.requireNonNull(Path.of(address.substring(address.indexOf(':') + 1)).getParent());
  }

  private MatchResult line(String name) throws IOException {
    return COMPONENT
        .matcher(out())
        .results()
        .filter(line -> name.equals(line.group(1)))
        .findFirst()
        .orElseThrow();
  }

  /** SIGTERM; returns the exit code. */
  int stop() throws InterruptedException {
    // Not Process.destroy(), which would also close the streams of a process we still listen to.
    process.toHandle().destroy();
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("does not stop");
    }
    return process.exitValue();
  }

  /**
   * SIGKILL for the program and all its children, with one command, so that none outlives another.
   */
  void killEverything() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("kill", "-9"));
    List<ProcessHandle> all = everything();
    all.forEach(one -> command.add(String.valueOf(one.pid())));
    new ProcessBuilder(command).start().waitFor();
    for (ProcessHandle one : all) {
      one.onExit().join();
    }
  }

  List<ProcessHandle> everything() {
    List<ProcessHandle> all = new ArrayList<>(List.of(process.toHandle()));
    process.descendants().forEach(all::add);
    return all;
  }

  /** Ends it the hard way if it still runs, and removes the sockets that this leaves behind. */
  @Override
  public void close() {
    List<ProcessHandle> all = everything();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(one -> one.onExit().join());
    try {
      if (out().contains("ready ")) {
        RuntimeDirectory.removeLeftOver(runtimeDirectory().toString());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
