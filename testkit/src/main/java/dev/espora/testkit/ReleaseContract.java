package dev.espora.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.DatabaseException;
import dev.espora.db.Journal;
import dev.espora.db.PartitionKind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a medium must do that gives storage back once the beginning of a log is not needed. */
public interface ReleaseContract extends MediumUnderTest {

  /** So much log that some of it can be freed, whatever the unit. */
  long MUCH = 2 << 20;

  private static TextJournal entries(OpenMedium open) {
    return open.texts("entries", PartitionKind.STORE);
  }

  /** What is at or behind a position. */
  private static List<Row> from(List<Row> rows, long position) {
    return rows.stream().filter(row -> row.position() >= position).toList();
  }

  @Test
  default void whatIsReleasedIsGoneAndTheRestStays() {
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      TextJournal rows = entries(open);
      List<Row> written = new ArrayList<>(rows.fill(MUCH, 8000));
      long stored = rows.journal().storedBytes();
      long end = rows.journal().end();
      Row needed = written.get(written.size() - 10);
      rows.journal().release(needed.position());
      long first = rows.journal().first();
      assertThat(first).isPositive().isLessThan(needed.position());
      for (Row row : written) {
        assertThat(rows.read(row.position())).isEqualTo(row.position() < first ? null : row.text());
      }
      assertThat(rows.journal().storedBytes()).isLessThan(stored);
      assertThat(rows.journal().end()).isEqualTo(end);
      assertThat(rows.journal().cursor().position()).isEqualTo(end);
      assertThat(rows.rows()).isEqualTo(from(written, first));
      assertThat(rows.rows(0)).isEqualTo(from(written, first));
      written.addAll(rows.append("later"));
      assertThat(rows.rows()).isEqualTo(from(written, first));
    }
  }

  @Test
  default void releasingLessThanBeforeBringsNothingBack() {
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      TextJournal rows = entries(open);
      List<Row> written = rows.fill(MUCH, 8000);
      rows.journal().release(written.getLast().position());
      long first = rows.journal().first();
      rows.journal().release(written.get(3).position());
      rows.journal().forgetReleased();
      assertThat(rows.journal().first()).isEqualTo(first);
      assertThat(rows.rows()).isEqualTo(from(written, first));
    }
  }

  @Test
  default void everythingMayBeReleasedAgainAndAgain() {
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      TextJournal rows = entries(open);
      for (int round = 0; round < 4; round++) {
        List<Row> written = rows.fill(MUCH / 4, 10_000);
        rows.journal().release(rows.journal().end());
        rows.journal().forgetReleased();
        long first = rows.journal().first();
        assertThat(first).isLessThanOrEqualTo(rows.journal().end());
        assertThat(rows.rows()).endsWith(from(written, first).toArray(Row[]::new));
      }
      assertThat(rows.journal().storedBytes()).isLessThan(8 * MUCH);
    }
  }

  @Test
  default void aReaderReadsOnWhatIsReleasedMeanwhile() {
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      TextJournal rows = entries(open);
      List<Row> written = rows.fill(MUCH, 8000);
      try (Journal.Reader reader = rows.journal().reader()) {
        rows.journal().release(written.getLast().position());
        rows.journal().forgetReleased();
        assertThat(rows.read(written.getFirst().position())).isNull();
        for (Row row : written) {
          assertThat(TextJournal.text(reader.read(row.position()))).isEqualTo(row.text());
        }
        try (Journal.Reader late = rows.journal().reader()) {
          assertThat(TextJournal.text(late.read(written.getLast().position())))
              .isEqualTo(written.getLast().text());
        }
      }
      rows.journal().forgetReleased();
      assertThat(rows.read(written.getFirst().position())).isNull();
      assertThat(rows.read(written.getLast().position())).isEqualTo(written.getLast().text());
    }
  }

  @Test
  default void aScanOfWhatIsReleasedMeanwhileLeavesNothingOutInSilence() {
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      TextJournal rows = entries(open);
      List<Row> written = new ArrayList<>(rows.append("first"));
      try (Journal.EventScan scan = rows.journal().scan(0, rows.journal()::end)) {
        assertThat(TextJournal.rest(scan)).isEqualTo(written);
        List<Row> behind = rows.fill(MUCH, 8000);
        rows.journal().release(behind.getLast().position());
        rows.journal().forgetReleased();
        List<Row> seen = new ArrayList<>();
        try {
          seen.addAll(TextJournal.rest(scan));
          assertThat(seen).isEqualTo(behind);
        } catch (DatabaseException.StorageFailed | DatabaseException.Corrupt e) {
          assertThat(rows.journal().first()).isGreaterThan(written.getFirst().position());
        }
      }
    }
  }
}
