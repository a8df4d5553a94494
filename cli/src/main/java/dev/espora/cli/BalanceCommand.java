package dev.espora.cli;

import dev.espora.balancer.Address;
import dev.espora.balancer.Balancer;
import dev.espora.balancer.BalancerLimits;
import dev.espora.balancer.BalancerOptions;
import dev.espora.balancer.Policy;
import dev.espora.balancer.Upstream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code espora balance}: the layer-4 balancer as a process. */
@Command(
    name = "balance",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = {
      "Takes each TCP connection to one of several upstreams.",
      "An upstream is HOST:PORT or unix:PATH (bytes are relayed), or handoff:PATH (the socket itself"
          + " is passed to an 'espora serve', and the balancer is out of the way; TCP alone)."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  espora balance --upstream handoff:/run/bank/1.sock --upstream handoff:/run/bank/2.sock",
      "  espora balance --listen 0.0.0.0:80 --upstream 10.0.0.1:8080 --upstream 10.0.0.2:8080"
          + " --policy least-connections",
      "  UPSTREAMS=/tmp/1.sock,/tmp/2.sock PORT=9999 espora balance"
    })
final class BalanceCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS",
      split = ",",
      defaultValue = "${env:ESPORA_LISTEN:-127.0.0.1:${env:PORT:-9999}}",
      description =
          "HOST:PORT or unix:PATH, may be repeated. Env: ESPORA_LISTEN, or PORT on 127.0.0.1."
              + " Default: 127.0.0.1:9999")
  private List<String> listen = List.of();

  @Option(
      names = "--upstream",
      paramLabel = "ADDRESS",
      split = ",",
      required = true,
      defaultValue = "${env:UPSTREAMS}",
      description =
          "Where connections go, may be repeated; a bare path is a unix socket. Env: UPSTREAMS,"
              + " separated by commas. No default")
  private List<String> upstreams = List.of();

  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      defaultValue = "${env:ESPORA_POLICY:-round-robin}",
      description =
          "round-robin, or least-connections where bytes are relayed. Env: ESPORA_POLICY."
              + " Default: round-robin")
  private String policy = "";

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      defaultValue = "${env:ESPORA_MAX_CONNECTIONS:-16384}",
      description =
          "Most relayed connections at a time. Env: ESPORA_MAX_CONNECTIONS. Default: 16384")
  private int maxConnections;

  @Option(
      names = "--max-connections-per-source",
      paramLabel = "N",
      defaultValue = "${env:ESPORA_MAX_CONNECTIONS_PER_SOURCE:-8192}",
      description =
          "The same for one client address. Env: ESPORA_MAX_CONNECTIONS_PER_SOURCE. Default: 8192")
  private int maxConnectionsPerSource;

  @Option(
      names = "--connect-timeout",
      paramLabel = "TIME",
      defaultValue = "${env:ESPORA_CONNECT_TIMEOUT:-1s}",
      converter = TimeConverter.class,
      description =
          "How long an upstream has to take a connection. Env: ESPORA_CONNECT_TIMEOUT. Default: 1s")
  private Duration connectTimeout = Duration.ZERO;

  @Option(
      names = "--queue-timeout",
      paramLabel = "TIME",
      defaultValue = "${env:ESPORA_QUEUE_TIMEOUT:-10s}",
      converter = TimeConverter.class,
      description =
          "How long a client waits for an upstream to have room. Env: ESPORA_QUEUE_TIMEOUT."
              + " Default: 10s")
  private Duration queueTimeout = Duration.ZERO;

  @Option(
      names = "--idle-timeout",
      paramLabel = "TIME",
      defaultValue = "${env:ESPORA_IDLE_TIMEOUT:-60s}",
      converter = TimeConverter.class,
      description =
          "A relayed connection without a byte for this long is closed. Env: ESPORA_IDLE_TIMEOUT."
              + " Default: 60s")
  private Duration idleTimeout = Duration.ZERO;

  @Mixin private final DrainOption drain = new DrainOption();

  private final Lifetime lifetime;

  BalanceCommand(Lifetime lifetime) {
    this.lifetime = lifetime;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    BalancerOptions options = options();
    lifetime.begin(drain.time());
    try (Balancer balancer = Balancer.start(options)) {
      Ready.announce(balancer.addresses());
      lifetime.await();
      balancer.drain(drain.time());
    } catch (UnsupportedOperationException e) {
      throw new CommandFailed(String.valueOf(e.getMessage()));
    }
    return 0;
  }

  private BalancerOptions options() {
    try {
      BalancerLimits limits =
          BalancerLimits.DEFAULTS
              .withMaxConnections(maxConnections)
              .withMaxConnectionsPerSource(maxConnectionsPerSource)
              .withConnectTimeout(connectTimeout)
              .withQueueTimeout(queueTimeout)
              .withIdleTimeout(idleTimeout);
      return BalancerOptions.of(
              listen.stream().map(Address::parse).toList(),
              upstreams.stream().map(BalanceCommand::upstream).collect(Collectors.toList()))
          .withPolicy(Policy.parse(policy))
          .withLimits(limits);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(), String.valueOf(e.getMessage()));
    }
  }

  private static Upstream upstream(String text) {
    return Upstream.parse(text.startsWith("/") ? "unix:" + text : text);
  }
}
