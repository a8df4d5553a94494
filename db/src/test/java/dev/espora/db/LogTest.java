package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTest {
  @TempDir Path temporary;

  record Row(long number, String text) {}

  @Test
  void rowsComeBackInOrderFromBothEnds() {
    for (int attempt = 0; attempt < 2; attempt++) {
      try (Database db = Database.open(temporary.resolve("data"))) {
        Log<Row> log = db.log("rows", Row.class);
        for (long i = log.size(); i < 3_000L * (attempt + 1); i++) {
          assertThat(log.append(new Row(i, "row " + i)).result()).isEqualTo(i);
        }
        assertThat(numbers(log.rows())).isEqualTo(LongStream.range(0, log.size()).boxed().toList());
        assertThat(numbers(log.rowsReversed()).reversed()).isEqualTo(numbers(log.rows()));
      }
    }
  }

  private static List<Long> numbers(Stream<Row> rows) {
    try (rows) {
      return rows.map(Row::number).toList();
    }
  }

  @Test
  void aTransactionSeesOlderRowsThanThoseInMemory() {
    for (int opening = 1; opening <= 2; opening++) {
      try (Database db = Database.open(temporary.resolve("data"))) {
        Log<Row> log = db.log("rows", Row.class);
        for (long i = log.size(); i < 300L * opening; i++) {
          log.append(new Row(i, "row"));
        }
        List<Row> newest =
            log.transact(tail -> Decision.<Row, List<Row>>reject(tail.newest(250))).result();
        assertThat(newest.stream().map(Row::number).toList().reversed())
            .isEqualTo(LongStream.range(log.size() - 250, log.size()).boxed().toList());
      }
    }
  }

  @Test
  void aTransactionThatExhaustsTheStackFailsAlone() {
    try (Database db = Database.open(temporary.resolve("data"))) {
      Log<Row> log = db.log("rows", Row.class);
      log.append(new Row(0, "before"));
      assertThatThrownBy(() ->
              log.transact(_ -> {
                throw new StackOverflowError();
              }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("a command of partition rows failed");
      assertThat(log.append(new Row(1, "after")).result()).isEqualTo(1);
    }
  }

  @Test
  void aTransactionSeesRowsOfItsOwnBatchAndThoseOnDisk() {
    try (Database db = Database.open(temporary.resolve("data"))) {
      Log<Row> log = db.log("rows", Row.class);
      CompletableFuture<?>[] futures = new CompletableFuture<?>[2_000];
      for (int i = 0; i < futures.length; i++) {
        futures[i] =
            log.transactAsync(tail -> {
              List<Row> newest = tail.newest(100);
              for (int n = 0; n < newest.size(); n++) {
                assertThat(newest.get(n).number()).isEqualTo(tail.size() - 1 - n);
              }
              assertThat(newest).hasSize((int) Math.min(100, tail.size()));
              return Decision.accept(new Row(tail.size(), ""), tail.size());
            });
      }
      CompletableFuture.allOf(futures).join();
      assertThat(log.size()).isEqualTo(2_000);
    }
  }

  @Test
  void severalRowsOfOneTransactionAreAppendedTogether() {
    try (Database db = Database.inMemory(Options.DEFAULTS)) {
      Log<Row> log = db.log("rows", Row.class);
      String answer =
          log.transact(tail -> Decision.accept(List.of(new Row(0, "a"), new Row(1, "b")), "two"))
              .result();
      assertThat(answer).isEqualTo("two");
      assertThat(numbers(log.rowsReversed())).containsExactly(1L, 0L);
      assertThat(log.transact(tail -> Decision.reject(tail.size())).result()).isEqualTo(2L);
    }
  }
}
