package dev.espora.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code espora up}: a balancer and its instances, each a process, on one data directory. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = {
      "Runs a service: a balancer and instances as processes of their own on one data directory.",
      "Prints one line for each of them, then 'ready URL' once all answer. One that dies is started"
          + " again. Ctrl-C or SIGTERM drains and stops everything.",
      "What its processes do is decided by these options and their variables alone; variables of"
          + " 'espora serve' and 'espora balance' do not reach them."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  espora up bank",
      "  espora up people",
      "  espora up bank --nodes 3",
      "  espora up bank --port 8080 --instances 3 --data /var/lib/bank",
      "  PORT=8080 DB=/var/lib/bank espora up bank"
    })
final class UpCommand implements Callable<Integer> {
  /** Of an {@code up} that a benchmark starts: it ends with it, and its text is read. */
  static final Map<String, String> ENVIRONMENT_OF_BENCHMARKS =
      Map.of(ParentWatch.VARIABLE, "stdin", "ESPORA_JSON", "false");

  private static final int INSTANCES_MAX = 32;
  private static final int NODES_MAX = 7;

  /** For the balancer to hand over what it has accepted. */
  private static final Duration HANDOVER_MAX = Duration.ofSeconds(5);

  /** What instances may need beyond their drain, to close connections and files. */
  private static final Duration CLOSING_MAX = Duration.ofSeconds(7);

  @Mixin private final ServiceOptions options = new ServiceOptions();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "${env:PORT:-9999}",
      description =
          "Where the balancer listens on 127.0.0.1; 0 takes a free one. Env: PORT. Default: 9999")
  private int port;

  @Option(
      names = "--instances",
      paramLabel = "N",
      defaultValue = "${env:ESPORA_INSTANCES:-2}",
      description = "Processes that serve, 1 to 32. Env: ESPORA_INSTANCES. Default: 2")
  private int instances;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "${env:ESPORA_NODES:-0}",
      description =
          "Instances with a copy of the data each, which replicate: an odd number up to 7; 3 go on"
              + " without any one of them. Env: ESPORA_NODES. Default: 0, all instances share the data directory")
  private int nodes;

  @Mixin private final DrainOption drain = new DrainOption();

  @Option(
      names = "--json",
      defaultValue = "${env:ESPORA_JSON:-false}",
      fallbackValue = "true",
      description = "Print JSON lines instead of text. Env: ESPORA_JSON. Default: false")
  private boolean json;

  private final Lifetime lifetime;
  private final HeldLog log = new HeldLog(System.err);

  UpCommand(Lifetime lifetime) {
    this.lifetime = lifetime;
  }

  @Option(
      names = "--console",
      paramLabel = "off",
      defaultValue = "${env:ESPORA_CONSOLE:-off}",
      description = "The console; this version has none. Env: ESPORA_CONSOLE. Default: off")
  void console(String value) {
    check(value.equals("off"), "--console " + value + ": this version has no console, only 'off'");
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    checkOptions();
    lifetime.begin(stopPatience());
    Path directory = options.data().toAbsolutePath().normalize();
    checkPort();
    try (DataLock lock = DataLock.acquire(directory)) {
      RuntimeDirectory.removeLeftOver(lock.previousRuntime());
      try (RuntimeDirectory runtime = RuntimeDirectory.create()) {
        lock.describe(runtime.path());
        run(directory, runtime);
      } catch (CommandFailed e) {
        lock.undo();
        throw e;
      }
    }
    return 0;
  }

  private void checkOptions() {
    options.check();
    check(port >= 0 && port <= 65_535, "--port " + port + " is not between 0 and 65535");
    check(
        instances >= 1 && instances <= INSTANCES_MAX,
        "--instances " + instances + " is not between 1 and " + INSTANCES_MAX);
    check(
        nodes == 0 || (nodes % 2 == 1 && nodes >= 1 && nodes <= NODES_MAX),
        "--nodes " + nodes + " is not an odd number up to " + NODES_MAX);
  }

  private void check(boolean holds, String otherwise) {
    if (!holds) {
      throw options.wrong(otherwise);
    }
  }

  /** Said before anything starts; should someone else be quicker, the balancer says the same. */
  private void checkPort() {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new CommandFailed(
          "cannot listen on 127.0.0.1:"
              + port
              + ": "
              + e.getMessage()
              + "; choose another port with --port");
    }
  }

  private void run(Path directory, RuntimeDirectory runtime)
      throws IOException, InterruptedException {
    JavaProgram program = JavaProgram.current();
    LocalCluster cluster = nodes == 0 ? null : LocalCluster.at(directory, nodes);
    int processes = nodes == 0 ? instances : nodes;
    List<Child> served = new ArrayList<>();
    for (int i = 1; i <= processes; i++) {
      served.add(child(instance(i, directory, runtime), program));
    }
    Child balancer = child(balancer(served), program);
    List<Child> all = new ArrayList<>(List.of(balancer));
    all.addAll(served);
    try {
      all.forEach(Child::start);
      if (awaitReady(all)) {
        String url = "http://" + balancer.ready().join();
        if (Probe.answers(url, processes, lifetime.stopped())) {
          if (cluster != null) {
            cluster.begun();
          }
          announce(all, url);
          log.release();
        }
        lifetime.await();
      }
    } finally {
      stop(balancer, served);
    }
  }

  /** Returns whether all are ready; they are not if a signal came first. */
  private boolean awaitReady(List<Child> children) throws InterruptedException {
    CompletableFuture<?>[] ready =
        children.stream().map(Child::ready).toArray(CompletableFuture<?>[]::new);
    CompletableFuture<Void> allReady = CompletableFuture.allOf(ready);
    try {
      CompletableFuture.anyOf(allReady, lifetime.stopped()).get();
    } catch (ExecutionException e) {
      lifetime.await();
    }
    return !lifetime.stopped().isDone();
  }

  private Component instance(int number, Path directory, RuntimeDirectory runtime) {
    Service service = options.service();
    String name = service + "-" + number;
    String address = "handoff:" + runtime.socket(name);
    List<String> arguments = new ArrayList<>(List.of("serve", service.toString()));
    arguments.addAll(List.of("--listen", address));
    if (nodes == 0) {
      arguments.addAll(List.of("--data", directory.toString()));
    } else {
      Path file = LocalCluster.file(directory, number);
      arguments.addAll(List.of("--medium", ServeCommand.RATIS + file));
    }
    arguments.addAll(List.of("--durability", options.durability().toString()));
    arguments.addAll(List.of("--drain", drain.time().toMillis() + "ms"));
    options.accounts().ifPresent(file -> arguments.addAll(List.of("--accounts", file.toString())));
    return new Component(name, address, service.role(), arguments);
  }

  private Component balancer(List<Child> upstreams) {
    String address = "127.0.0.1:" + port;
    List<String> arguments = new ArrayList<>(List.of("balance", "--listen", address));
    arguments.addAll(List.of("--drain", HANDOVER_MAX.toMillis() + "ms"));
    for (Child upstream : upstreams) {
      arguments.addAll(List.of("--upstream", upstream.component().address()));
    }
    return new Component("balancer", address, JavaProgram.Role.FRONT, arguments);
  }

  private Child child(Component component, JavaProgram program) {
    return new Child(component, program, lifetime, log);
  }

  /** How long the processes have to end by themselves, all together. */
  private Duration stopPatience() {
    return HANDOVER_MAX.plus(drain.time()).plus(CLOSING_MAX);
  }

  /** Returns when all have ended. The balancer is first, so that nobody comes in any more. */
  private void stop(Child balancer, List<Child> served) throws InterruptedException {
    long deadline = System.nanoTime() + stopPatience().toNanos();
    balancer.requestStop();
    balancer.awaitEnd(HANDOVER_MAX);
    served.forEach(Child::requestStop);
    for (Child child : served) {
      child.awaitStop(Duration.ofNanos(deadline - System.nanoTime()));
    }
    balancer.awaitStop(Duration.ofNanos(deadline - System.nanoTime()));
  }

  private void announce(List<Child> all, String url) {
    PrintStream out = System.out;
    for (Child child : all) {
      String name = child.component().name();
      String address = child.ready().join();
      out.println(
          json
              ? "{\"component\":\"%s\",\"pid\":%d,\"address\":\"%s\"}"
                  .formatted(name, child.pid(), address)
              : "%-10s pid %-8d %s".formatted(name, child.pid(), address));
    }
    out.println(json ? "{\"ready\":\"" + url + "\"}" : "ready " + url);
    out.flush();
  }
}
