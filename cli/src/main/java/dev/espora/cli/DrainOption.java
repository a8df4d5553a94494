package dev.espora.cli;

import java.time.Duration;
import picocli.CommandLine.Option;

/** What all that serve are told alike: how long their end may take. */
final class DrainOption {
  @Option(
      names = "--drain",
      paramLabel = "TIME",
      defaultValue = "${env:ESPORA_DRAIN:-8s}",
      converter = TimeConverter.class,
      description =
          "How long requests in flight, or connections that are relayed, may go on after Ctrl-C or"
              + " SIGTERM. Env: ESPORA_DRAIN. Default: 8s")
  private Duration drain = Duration.ZERO;

  Duration time() {
    return drain;
  }
}
