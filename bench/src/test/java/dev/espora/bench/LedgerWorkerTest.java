package dev.espora.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.bench.strategies.Ledger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LedgerWorkerTest {
  @TempDir private Path directory;

  @Test
  void resultSurvivesTheWayBetweenProcesses() {
    Histogram latencies = new Histogram(1_000, 1_000_000_000, 2);
    latencies.recordValue(120_000);
    LedgerWorker.Result result =
        new LedgerWorker.Result(new Sample(7, latencies), List.of(1L, -2L, 0L, 4L, 5L));

    assertThat(LedgerWorker.Result.parse(result.format())).isEqualTo(result);
  }

  @Test
  void workerSurvivesTheWayIntoItsProcess() {
    LedgerWorker worker =
        new LedgerWorker(
            LedgerWorker.Way.ORIGINAL,
            directory,
            new Load(Callers.VIRTUAL, 32),
            Duration.ZERO,
            Duration.ofMillis(5));

    List<String> arguments = worker.arguments();
    assertThat(LedgerWorker.parse(arguments.subList(1, arguments.size()))).isEqualTo(worker);
  }

  @ParameterizedTest
  @EnumSource
  void everyWayKeepsTheLimitAndTheBalance(LedgerWorker.Way way) {
    try (Ledger ledger = way.open(directory)) {
      assertThat(ledger.book(0, -Ledger.LIMIT_CENTS)).isEqualTo(1);
      assertThat(ledger.book(0, -1)).isZero();
      assertThat(ledger.book(0, 50)).isEqualTo(2);
      assertThat(ledger.balance(0)).isEqualTo(50 - Ledger.LIMIT_CENTS);
    }
    try (Ledger reopened = way.open(directory)) {
      assertThat(reopened.balance(0)).isEqualTo(50 - Ledger.LIMIT_CENTS);
      assertThat(reopened.records(0)).isEqualTo(2);
      assertThat(reopened.balance(1)).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsLostBetweenThreads(LedgerWorker.Way way) {
    LongAdder booked = new LongAdder();
    try (Ledger ledger = way.open(directory)) {
      var _ =
          new Load(Callers.PLATFORM, 4)
              .run(
                  Duration.ofMillis(50),
                  _ -> {
                    if (ledger.book(2, 3) > 0) {
                      booked.add(3);
                    }
                  });

      assertThat(ledger.balance(2)).isEqualTo(booked.sum());
    }
  }
}
