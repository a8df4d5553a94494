package dev.espora.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Decision;
import dev.espora.db.Log;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How a {@link Log} behaves on a medium. */
public interface LogContract extends MediumUnderTest {

  @Test
  default void rowsAreReadOldestFirstAndNewestFirst() {
    try (Database db = Database.open(medium(), options())) {
      Log<String> log = db.log("log", String.class);
      assertThat(all(log.rows())).isEmpty();
      assertThat(all(log.rowsReversed())).isEmpty();
      List<String> written = new ArrayList<>();
      for (long i = 0; i < 500; i++) {
        assertThat(log.append("row " + i).result()).isEqualTo(i);
        written.add("row " + i);
      }
      assertThat(log.size()).isEqualTo(500);
      assertThat(all(log.rows())).isEqualTo(written);
      assertThat(all(log.rowsReversed())).isEqualTo(written.reversed());
      assertThat(all(log.rowsReversed().limit(2))).containsExactly("row 499", "row 498");
    }
  }

  private static <T> List<T> all(Stream<T> rows) {
    try (rows) {
      return rows.toList();
    }
  }

  @Test
  default void rowsAreThoseThereWereWhenTheyWereAskedFor() {
    try (Database db = Database.open(medium(), options())) {
      Log<String> log = db.log("log", String.class);
      log.append("a");
      try (Stream<String> forwards = log.rows();
          Stream<String> backwards = log.rowsReversed()) {
        log.append("b");
        assertThat(forwards).containsExactly("a");
        assertThat(backwards).containsExactly("a");
      }
    }
  }

  @Test
  default void aTransactionSeesTheNewestRowsAndAppendsAllOrNone() {
    try (Database db = Database.open(medium(), options())) {
      Log<Integer> log = db.log("log", Integer.class);
      for (int i = 1; i <= 10; i++) {
        var receipt =
            log.transact(tail -> {
              int last = tail.newest(1).stream().findFirst().orElse(0);
              return Decision.accept(List.of(last + 1, last + 2), tail.size());
            });
        assertThat(receipt.result()).isEqualTo(2 * i - 2);
      }
      assertThat(log.<String>transact(_ -> Decision.reject("no")).result()).isEqualTo("no");
      assertThat(all(log.rows())).isEqualTo(IntStream.rangeClosed(1, 20).boxed().toList());
    }
  }

  @Test
  default void aRowOfOneMebibyteIsARowAndOneBeyondTheLimitIsNone() {
    try (Database db = Database.open(medium(), options())) {
      Log<String> log = db.log("log", String.class);
      String large = "x".repeat(1 << 20);
      String tooLarge = "x".repeat(options().limits().valueBytes());
      log.append("before");
      log.append(large);
      assertThatExceptionOfType(DatabaseException.LimitExceeded.class)
          .isThrownBy(() -> log.append(tooLarge));
      log.append("after");
      assertThat(all(log.rows())).isEqualTo(List.of("before", large, "after"));
      assertThat(all(log.rowsReversed())).isEqualTo(List.of("after", large, "before"));
    }
  }
}
