package dev.espora.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Network namespaces of their own for processes, {@code 10.213.0.1} and so on, with a bridge
 * between them in one more; nothing leads to the network of this machine.
 */
final class Namespaces implements AutoCloseable {
  private static final String PREFIX = "espora-" + ProcessHandle.current().pid();
  private static final String HUB = PREFIX + "-hub";

  /** Nobody has it. */
  private static final String NOWHERE = "02:00:00:00:00:99";

  private final int count;

  private Namespaces(int count) {
    this.count = count;
  }

  /** Why there can be none here; empty if they can be made. */
  static Optional<String> problem() throws InterruptedException {
    String name = PREFIX + "-try";
    try {
      run("ip", "netns", "add", name);
      run("ip", "-n", name, "link", "add", "one", "type", "veth", "peer", "name", "other");
      run("ip", "-n", name, "link", "add", "bridge", "type", "bridge");
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          "network namespaces cannot be made: it takes root and iproute2: " + e.getMessage());
    } finally {
      remove(name);
    }
  }

  static Namespaces create(int count) throws IOException, InterruptedException {
    Namespaces created = new Namespaces(count);
    try {
      run("ip", "netns", "add", HUB);
      in(HUB, "link add bridge type bridge");
      in(HUB, "link set bridge up");
      for (int number = 1; number <= count; number++) {
        created.add(number);
      }
      return created;
    } catch (IOException | InterruptedException e) {
      created.close();
      throw e;
    }
  }

  private void add(int number) throws IOException, InterruptedException {
    String name = name(number);
    run("ip", "netns", "add", name);
    in(HUB, "link add port" + number + " type veth peer name eth0 netns " + name);
    in(HUB, "link set port" + number + " master bridge up");
    in(name, "addr add " + address(number) + "/24 dev eth0");
    in(name, "link set lo up");
    in(name, "link set eth0 up");
  }

  static String address(int number) {
    return "10.213.0." + number;
  }

  private static String name(int number) {
    return PREFIX + "-" + number;
  }

  /** What starts a command in a namespace. */
  static List<String> enter(int number) {
    return List.of("ip", "netns", "exec", name(number));
  }

  /** From now on nothing goes from it to the others, nor from them to it. */
  void cut(int number) throws IOException, InterruptedException {
    in(HUB, "link set port" + number + " down");
  }

  /** From now on nothing goes from it to the others; what they send arrives. */
  void mute(int number) throws IOException, InterruptedException {
    for (int other = 1; other <= count; other++) {
      if (other != number) {
        in(
            name(number),
            "neigh replace " + address(other) + " lladdr " + NOWHERE + " dev eth0 nud permanent");
      }
    }
  }

  /** All hear each other again. */
  void heal(int number) throws IOException, InterruptedException {
    in(HUB, "link set port" + number + " up");
    in(name(number), "neigh flush dev eth0 nud all");
  }

  private static void in(String namespace, String command)
      throws IOException, InterruptedException {
    run(
        Stream.concat(Stream.of("ip", "-n", namespace), Stream.of(command.split(" ", -1)))
            .toArray(String[]::new));
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said.strip());
    }
  }

  private static void remove(String name) {
    try {
      run("ip", "netns", "del", name);
    } catch (IOException e) {
      // it was not made
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Processes in them have to be gone. */
  @Override
  public void close() {
    for (int number = 1; number <= count; number++) {
      remove(name(number));
    }
    remove(HUB);
  }
}
