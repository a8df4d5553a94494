package dev.espora.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.Batch;
import dev.espora.db.Journal;
import dev.espora.db.codec.Codec;
import dev.espora.db.codec.Input;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A journal whose events are strings, used the way that a partition uses it. */
record TextJournal(Journal journal) {
  static final Codec<String> CODEC = Codec.of(String.class);

  /** Appends one batch behind whatever was appended by others, and returns its events. */
  List<Row> append(String... texts) {
    return append(List.of(texts));
  }

  List<Row> append(List<String> texts) {
    journal.lock();
    try {
      replay();
      return appendHere(texts);
    } finally {
      journal.unlock();
    }
  }

  /** Appends one batch where the cursor stands; the lock is held. */
  List<Row> appendHere(List<String> texts) {
    Batch batch = new Batch();
    List<Row> rows = new ArrayList<>();
    long start = journal.cursor().position();
    for (String text : texts) {
      rows.add(new Row(start + batch.size(), text));
      CODEC.encode(text, batch.beginEvent(journal.schema()));
      batch.endEvent();
    }
    assertThat(journal.append(batch)).as("nanoseconds of sync").isNotNegative();
    assertThat(journal.cursor().position()).isEqualTo(start + batch.size());
    assertThat(journal.end()).isGreaterThanOrEqualTo(start + batch.size());
    return rows;
  }

  /** Appends batches of one event of a length each, until so much log was written. */
  List<Row> fill(long bytes, int each) {
    List<Row> rows = new ArrayList<>();
    long start = journal.end();
    while (journal.end() - start < bytes) {
      rows.addAll(append(text(rows.size(), each)));
    }
    return rows;
  }

  /** A text of a length that tells it from others. */
  static String text(int number, int length) {
    String name = Integer.toString(number);
    return name + "x".repeat(length - name.length());
  }

  /** Reads what is behind the cursor, batch by batch. */
  List<List<Row>> replay() {
    List<List<Row>> batches = new ArrayList<>();
    while (journal.cursor().position() != journal.end()) {
      List<Row> batch = new ArrayList<>();
      assertThat(
              journal.readBatch(
                  (position, schema, payload) -> batch.add(new Row(position, decode(payload)))))
          .as("nothing was released here")
          .isTrue();
      batches.add(batch);
    }
    return batches;
  }

  /** The events from the beginning of the log to its end. */
  List<Row> rows() {
    return rows(journal.first());
  }

  /** The events from a position on. */
  List<Row> rows(long from) {
    return rows(from, journal::end);
  }

  List<Row> rows(long from, LongSupplier to) {
    try (Journal.EventScan scan = journal.scan(from, to)) {
      return rest(scan);
    }
  }

  /** The events before a point, newest first. */
  List<Row> rowsReversed(Journal.Point from) {
    try (Journal.EventScan scan = journal.scanBackwards(from)) {
      return rest(scan);
    }
  }

  static List<Row> rest(Journal.EventScan scan) {
    List<Row> rows = new ArrayList<>();
    while (scan.next()) {
      rows.add(new Row(scan.position(), decode(scan.payload())));
    }
    return rows;
  }

  /** The event at a position, null if it was released. */
  @Nullable String read(long position) {
    return text(journal.read(position));
  }

  static @Nullable String text(Journal.@Nullable Event event) {
    return event == null ? null : decode(event.payload());
  }

  static String decode(Input payload) {
    return CODEC.decoder(CODEC.schema()).decode(payload);
  }
}
