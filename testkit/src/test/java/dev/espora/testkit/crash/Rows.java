package dev.espora.testkit.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.Database;
import dev.espora.db.Log;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Numbered rows of a log: which were attempted, and which were acknowledged. */
final class Rows implements Crash.Use {
  private long attempted;
  private long acknowledged;

  record Row(long number, byte[] padding) {}

  private static Log<Row> log(Database db) {
    return db.log("rows", Row.class);
  }

  /** Appends rows one by one. */
  void append(Database db, int count, int bytes) {
    Log<Row> log = log(db);
    for (int i = 0; i < count; i++) {
      log.append(new Row(attempted++, new byte[bytes]));
      acknowledged++;
    }
  }

  /** Appends rows without waiting for each. */
  void appendTogether(Database db, int count, int bytes) {
    Log<Row> log = log(db);
    List<CompletableFuture<?>> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(log.appendAsync(new Row(attempted++, new byte[bytes])));
    }
    for (CompletableFuture<?> each : all) {
      each.join();
      acknowledged++;
    }
  }

  /** Whoever looks now, and may go on. */
  Rows copy() {
    Rows copy = new Rows();
    copy.attempted = attempted;
    copy.acknowledged = acknowledged;
    return copy;
  }

  /** What is there is a beginning of what was attempted with all that was acknowledged. */
  @Override
  public void with(Database db) {
    List<Long> numbers;
    try (Stream<Row> rows = log(db).rows()) {
      numbers = rows.map(Row::number).toList();
    }
    assertThat(numbers).isEqualTo(LongStream.range(0, numbers.size()).boxed().toList());
    assertThat((long) numbers.size()).isBetween(acknowledged, attempted);
    acknowledged = numbers.size(); // a crash cannot take back what was read
    attempted = numbers.size();
    append(db, 2, 3_000);
  }
}
