package dev.espora.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.bench.strategies.Backend;
import dev.espora.bench.strategies.Outage;
import dev.espora.bench.strategies.Strategy;
import dev.espora.bench.strategies.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StrategyCrashTest {
  private static final Load LOAD = new Load(Callers.PLATFORM, 4);

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource
  void whatWasSyncedBeforeItWasAcknowledgedIsNotLost(Workload.Kind kind) {
    assertNothingLost(Strategy.ESPORA_SYNC, kind);
    assertNothingLost(Strategy.ESPORA_SYNC_EACH, kind);
    assertNothingLost(Strategy.PAGES, kind);
  }

  @ParameterizedTest
  @EnumSource
  void whatWasNotSyncedIsLost(Workload.Kind kind) {
    StrategyCrash.Loss none = crash(Strategy.ESPORA_NONE, kind, Duration.ofMillis(50));
    StrategyCrash.Loss memory = crash(Strategy.MEMORY, kind, Duration.ofMillis(50));

    assertThat(none.lost()).isPositive();
    assertThat(memory.lost()).isPositive().isEqualTo(memory.acknowledged());
  }

  @ParameterizedTest
  @EnumSource
  void withSyncsInIntervalsNotEverythingIsLost(Workload.Kind kind) {
    StrategyCrash.Loss loss = crash(Strategy.ESPORA_INTERVAL, kind, Duration.ofSeconds(1));

    assertThat(loss.lost()).isLessThan(loss.acknowledged());
  }

  @ParameterizedTest
  @EnumSource
  void aLossSurvivesTheWayBetweenProcesses(Workload.Kind kind) {
    StrategyCrash.Loss loss = crash(Strategy.PAGES, kind, Duration.ofMillis(20));

    assertThat(StrategyCrash.Loss.parse(loss.format())).isEqualTo(loss);
  }

  private void assertNothingLost(Strategy strategy, Workload.Kind kind) {
    StrategyCrash.Loss loss = crash(strategy, kind, Duration.ofMillis(50));

    assertThat(loss.acknowledged()).isPositive();
    assertThat(loss.lost()).as(strategy.toString()).isZero();
  }

  private StrategyCrash.Loss crash(Strategy strategy, Workload.Kind kind, Duration duration) {
    try (Backend backend = strategy.open(directory, LOAD.threads(), Optional.empty());
        Outage outage = backend.outage()) {
      return StrategyCrash.run(outage, kind, LOAD, duration);
    }
  }
}
