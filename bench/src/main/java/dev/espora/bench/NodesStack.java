package dev.espora.bench;

import dev.espora.bench.strategies.Ledger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The processes that keep the accounts: one with the file medium, or nodes that replicate. All of
 * them get the JVM options that {@code serve} has where it replicates, so that nothing but the
 * medium differs.
 */
final class NodesStack implements AutoCloseable {
  private final List<Conversation> processes;

  private NodesStack(List<Conversation> processes) {
    this.processes = processes;
  }

  /**
   * Starts them and waits until all are ready.
   *
   * @param nodes how many replicate; 0 for one process with the file medium
   * @param directory that is theirs alone, used before or not
   * @throws IllegalStateException if one of them cannot start, with its reason
   */
  static NodesStack start(int nodes, Path directory, Optional<Path> home) {
    List<NodeWork> works =
        nodes == 0
            ? List.of(new NodeWork("file", directory.toString()))
            : NodeFiles.of(directory, nodes).stream()
                .map(file -> new NodeWork("ratis", file.toString()))
                .toList();
    // A node is ready once a majority is there: all of them have to start before one is awaited.
    List<ChildJvm> jvms =
        works.stream().map(work -> ChildJvm.startWith(command(home), work.arguments())).toList();
    List<Conversation> begun = new ArrayList<>();
    try {
      jvms.forEach(jvm -> begun.add(Conversation.begin(jvm, PeerWork::found)));
      return new NodesStack(begun);
    } catch (IllegalStateException e) {
      jvms.forEach(ChildJvm::kill);
      throw e;
    }
  }

  private static List<String> command(Optional<Path> home) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    home.map(folder -> folder.resolve("conf"))
        .ifPresentOrElse(
            conf ->
                Stream.of("jvm", "bank", "ratis")
                    .forEach(name -> command.add("@" + conf.resolve(name + ".args"))),
            () -> command.add("--enable-native-access=ALL-UNNAMED"));
    Optional<Path> jars = home.map(folder -> folder.resolve("lib").resolve("ratis"));
    command.addAll(List.of("--class-path", ChildJvm.classPath(jars), Child.class.getName()));
    return command;
  }

  /** The files that say which node is which; they are written where there are none. */
  private record NodeFiles(Path directory, int nodes) {

    static List<Path> of(Path directory, int nodes) {
      NodeFiles files = new NodeFiles(directory, nodes);
      try {
        if (Files.notExists(files.file(1))) {
          Files.createDirectories(directory);
          files.write();
        }
        return IntStream.rangeClosed(1, nodes).mapToObj(files::file).toList();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private Path file(int node) {
      return directory.resolve("n" + node + ".properties");
    }

    private void write() throws IOException {
      String peers = peers();
      for (int node = 1; node <= nodes; node++) {
        Files.writeString(
            file(node),
            "node=n%1$d%ndata=n%1$d%npeers=%2$s%ngroups=1%nstart=new%n".formatted(node, peers));
      }
    }

    private String peers() throws IOException {
      List<ServerSocket> held = new ArrayList<>();
      try {
        for (int node = 1; node <= nodes; node++) {
          held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        }
        return IntStream.range(0, nodes)
            .mapToObj(i -> "n" + (i + 1) + "=127.0.0.1:" + held.get(i).getLocalPort())
            .collect(Collectors.joining(","));
      } finally {
        for (ServerSocket each : held) {
          each.close();
        }
      }
    }
  }

  /** Nanoseconds from opening to the first states, of the slowest. */
  long readyNanos() {
    return processes.stream()
        .mapToLong(each -> Long.parseLong(each.ask(NodeWork.Question.READY)))
        .max()
        .orElseThrow();
  }

  /** Runs callers in all processes at the same time, as many in each as can be. */
  List<Sample> book(Callers callers, int inFlight, long millis) {
    List<Integer> shares = shares(inFlight);
    List<Conversation> asked = processes.subList(0, Math.min(inFlight, processes.size()));
    return together(
        asked,
        each ->
            Sample.parse(
                each.ask(
                    NodeWork.Question.BOOK,
                    callers.name(),
                    shares.get(asked.indexOf(each)),
                    millis)));
  }

  /** How many of the callers each process gets. */
  List<Integer> shares(int inFlight) {
    int count = processes.size();
    return IntStream.range(0, count)
        .mapToObj(i -> inFlight / count + (i < inFlight % count ? 1 : 0))
        .toList();
  }

  private static <R> List<R> together(
      List<Conversation> asked, Function<Conversation, R> question) {
    List<CompletableFuture<R>> answers =
        asked.stream()
            .map(each ->
                CompletableFuture.supplyAsync(
                    () -> question.apply(each), work -> Thread.ofVirtual().start(work)))
            .toList();
    try {
      return answers.stream().map(CompletableFuture::join).toList();
    } catch (CompletionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Books so many transactions through the first process. */
  void fill(int transactions) {
    String _ = processes.getFirst().ask(NodeWork.Question.FILL, transactions);
  }

  /** Goes on booking through the first process, until it ends. */
  void goOn() {
    String _ = processes.getFirst().ask(NodeWork.Question.GO_ON);
  }

  long records() {
    return Long.parseLong(processes.getFirst().ask(NodeWork.Question.RECORDS));
  }

  /**
   * @throws IllegalStateException if a balance, seen through any process, is not the sum of what
   *     all were acknowledged
   */
  void check() {
    long[] acknowledged = new long[Ledger.ACCOUNTS];
    for (Conversation each : processes) {
      long[] own = cents(each.ask(NodeWork.Question.ACKNOWLEDGED));
      IntStream.range(0, own.length).forEach(i -> acknowledged[i] += own[i]);
    }
    for (Conversation each : processes) {
      long[] balances = cents(each.ask(NodeWork.Question.BALANCES));
      for (int i = 0; i < balances.length; i++) {
        if (balances[i] != acknowledged[i]) {
          throw new IllegalStateException(
              "account %d has %d cents, but %d were acknowledged"
                  .formatted(i + 1, balances[i], acknowledged[i]));
        }
      }
    }
  }

  private static long[] cents(String answer) {
    return Stream.of(answer.split(",", -1)).mapToLong(Long::parseLong).toArray();
  }

  double cpuSeconds() {
    return ProcessUse.cpuSeconds(processes.stream().map(Conversation::process));
  }

  List<Double> residentMegabytes() {
    return processes.stream()
        .map(Conversation::process)
        .map(ProcessUse::residentMegabytes)
        .toList();
  }

  void kill() {
    processes.forEach(Conversation::kill);
  }

  /**
   * Ends all of them when they have closed everything.
   *
   * @throws IllegalStateException if one of them cannot close
   */
  void end() {
    // At the same time: who is left alone would wait for a majority.
    var _ =
        together(
            processes,
            each -> {
              each.end(NodeWork.Question.CLOSE);
              return true;
            });
  }

  /** Ends what still runs, however. */
  @Override
  public void close() {
    if (processes.stream().allMatch(each -> each.process().isAlive())) {
      try {
        end();
      } catch (IllegalStateException e) {
        // Whatever it was has shown itself before, or does not matter any more.
      }
    }
    kill();
  }
}
