package dev.espora.bench.strategies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Skipped where no server starts: it needs Linux, and for root user namespaces. */
class PostgresBackendTest {
  private static final int CALLS = 100;

  @TempDir private Path directory;

  @Test
  void aServerDoesTheSameWorkSyncsEachRecordAndKeepsThemWhenItIsKilled() {
    try (Backend backend = start()) {
      assertThat(backend.remarks().getFirst()).contains("fsync", "synchronous_commit");
      for (Workload.Kind kind : Workload.Kind.values()) {
        try (Storage storage = backend.open("work", 0)) {
          Workload workload = kind.on(storage);
          double before = backend.syncs();
          operate(workload);

          // One caller shares its syncs with nobody.
          assertThat(backend.syncs() - before)
              .isGreaterThanOrEqualTo((double) workload.acknowledged());
          workload.check();
        }
      }
      loadsPeople(backend);
      survivesKill(backend);
    }
  }

  private static void loadsPeople(Backend backend) {
    backend.delete("work");
    try (Storage storage = backend.open("work", 0)) {
      storage.registry().load(IntStream.range(0, 50).mapToObj(RegistryWorkload::person));
      List<String> nicknames = new ArrayList<>();
      storage.registry().nicknames(nicknames::add);

      assertThat(nicknames).hasSize(50);
      assertThat(storage.registry().register(RegistryWorkload.person(49))).isFalse();
    }
  }

  private static void survivesKill(Backend backend) {
    try (Outage outage = backend.outage()) {
      Workload workload = Workload.Kind.LEDGER.on(outage.storage());
      operate(workload);
      outage.strike();

      assertThat(workload.lostIn(outage.reopened())).isZero();
    }
  }

  @Test
  void aServerThatIsNotThereIsRefusedWithAReason() {
    assertThatIllegalStateException()
        .isThrownBy(() ->
            Strategy.POSTGRES.open(directory, 2, Optional.of("jdbc:postgresql://127.0.0.1:1/none")))
        .withMessageContaining("PostgreSQL");
  }

  private static void operate(Workload workload) {
    for (int call = 0; call < CALLS; call++) {
      workload.operate();
    }
  }

  private Backend start() {
    try {
      return Strategy.POSTGRES.open(directory, 4, Optional.empty());
    } catch (IllegalStateException e) {
      return abort(String.valueOf(e.getMessage()));
    }
  }
}
