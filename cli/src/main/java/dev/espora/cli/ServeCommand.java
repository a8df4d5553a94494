package dev.espora.cli;

import dev.espora.bank.Accounts;
import dev.espora.bank.Bank;
import dev.espora.bank.BankRoutes;
import dev.espora.db.Database;
import dev.espora.db.Medium;
import dev.espora.db.Options;
import dev.espora.http.HttpLimits;
import dev.espora.http.HttpServer;
import dev.espora.http.ListenAddress;
import dev.espora.http.Response;
import dev.espora.http.Routes;
import dev.espora.people.PeopleRoutes;
import dev.espora.people.Registry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code espora serve}: one instance of a service. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = {
      "Runs one instance of a service. Any number of them may share a data directory.",
      "Prints 'ready ADDRESS...' once it listens. SIGTERM drains: requests in flight are answered."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  espora serve bank --listen 127.0.0.1:8080 --data /var/lib/bank",
      "  espora serve people --medium memory",
      "  espora serve bank --listen 127.0.0.1:8080 --medium ratis:/etc/espora/n1.properties",
      "  espora serve bank --listen unix:/tmp/1.sock --listen handoff:/tmp/2.sock",
      "  UNIX_SOCKET=/tmp/1.sock DB=/var/lib/bank espora serve bank"
    })
final class ServeCommand implements Callable<Integer> {
  /** What a replicated medium begins with. */
  static final String RATIS = "ratis:";

  /**
   * Nothing can be acknowledged any more, and no process can open the database as long as one has
   * it.
   */
  private static final Duration POISONED_DRAIN = Duration.ofMillis(500);

  @Mixin private final ServiceOptions options = new ServiceOptions();

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS",
      split = ",",
      defaultValue = "${env:ESPORA_LISTEN:-${env:UNIX_SOCKET:-127.0.0.1:${env:PORT:-8080}}}",
      description =
          "HOST:PORT, unix:PATH, or handoff:PATH for a balancer that passes sockets; may be"
              + " repeated. Env: ESPORA_LISTEN, UNIX_SOCKET, or PORT on 127.0.0.1."
              + " Default: 127.0.0.1:8080")
  private List<String> listen = List.of();

  @Option(
      names = "--medium",
      paramLabel = "MEDIUM",
      defaultValue = "${env:ESPORA_MEDIUM:-file}",
      description =
          "file; memory: nothing is kept, and instances share nothing; or ratis:FILE, one of several"
              + " nodes that replicate, as FILE says (docs/replication.md). Env: ESPORA_MEDIUM."
              + " Default: file")
  private String medium = "file";

  @Option(
      names = "--admin",
      paramLabel = "ADDRESS",
      defaultValue = "${env:ESPORA_ADMIN:-" + Option.NULL_VALUE + "}",
      description =
          "A listener of its own that answers GET /health. Env: ESPORA_ADMIN. Default: none")
  private @Nullable String admin;

  @Mixin private final DrainOption drain = new DrainOption();

  private final Lifetime lifetime;

  /** What answers which requests, and what is to be closed after the last of them. */
  private record Application(Routes routes, HttpLimits limits, Runnable closing)
      implements AutoCloseable {
    @Override
    public void close() {
      closing.run();
    }
  }

  ServeCommand(Lifetime lifetime) {
    this.lifetime = lifetime;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    options.check();
    List<ListenAddress> addresses = listen.stream().map(this::address).toList();
    ListenAddress adminAddress = admin == null ? null : address(admin);
    Accounts firstStart = accounts();
    lifetime.begin(drain.time());
    try (Database database = open();
        Application application = application(database, firstStart);
        PoisonWatch watch = PoisonWatch.start(database, lifetime)) {
      HttpServer.Builder server =
          HttpServer.builder(routes(application)).limits(application.limits());
      addresses.forEach(server::listen);
      serve(server, adminAddress, watch);
    }
    return 0;
  }

  private Accounts accounts() throws IOException {
    try {
      Path file = options.accounts().orElse(null);
      return file == null ? Accounts.DEFAULTS : Accounts.read(file);
    } catch (IllegalArgumentException e) {
      throw new CommandFailed(String.valueOf(e.getMessage()));
    }
  }

  private Database open() {
    Options stored = Options.DEFAULTS.withDurability(options.durability());
    return switch (medium) {
      case "memory" -> Database.inMemory(stored);
      case "file" -> Database.open(options.data(), stored);
      default -> {
        if (!medium.startsWith(RATIS)) {
          throw options.wrong("--medium '" + medium + "' is none of file, memory, ratis:FILE");
        }
        yield Database.open(replicated(medium.substring(RATIS.length())), stored);
      }
    };
  }

  private static Medium replicated(String file) {
    try {
      return Medium.at("ratis", file);
    } catch (IllegalArgumentException e) {
      throw new CommandFailed(String.valueOf(e.getMessage()));
    }
  }

  private Application application(Database database, Accounts firstStart) {
    return switch (options.service()) {
      case BANK -> {
        Bank bank = Bank.open(database, firstStart, InstantSource.system());
        yield new Application(BankRoutes.of(bank), BankRoutes.LIMITS, () -> {});
      }
      case PEOPLE -> {
        Registry registry = Registry.open(database);
        yield new Application(PeopleRoutes.of(registry), HttpLimits.DEFAULTS, registry::close);
      }
    };
  }

  /** Where nodes replicate, a read asks others, and event loops must not wait for them. */
  private Routes routes(Application application) {
    return medium.startsWith(RATIS)
        ? application.routes().readingOn(task -> Thread.ofVirtual().start(task))
        : application.routes();
  }

  private void serve(
      HttpServer.Builder builder, @Nullable ListenAddress adminAddress, PoisonWatch watch)
      throws IOException, InterruptedException {
    HttpServer health = adminAddress == null ? null : startHealth(adminAddress, watch);
    try (HttpServer server = builder.start()) {
      Ready.announce(server.addresses());
      try {
        lifetime.await();
      } finally {
        server.drain(watch.poisoned() ? POISONED_DRAIN : drain.time());
      }
    } finally {
      if (health != null) {
        health.drain(Duration.ZERO);
      }
    }
  }

  private static HttpServer startHealth(ListenAddress address, PoisonWatch watch)
      throws IOException {
    Response serving = Response.text(200, "serving\n");
    Response failed = Response.text(503, "storage failed\n");
    Routes routes =
        Routes.builder()
            .get(
                "/health",
                request -> CompletableFuture.completedStage(watch.poisoned() ? failed : serving))
            .build();
    return HttpServer.builder(routes).listen(address).eventLoops(1).start();
  }

  private ListenAddress address(String text) {
    try {
      return ListenAddress.parse(text.startsWith("/") ? "unix:" + text : text);
    } catch (IllegalArgumentException e) {
      throw options.wrong(String.valueOf(e.getMessage()));
    }
  }
}
