package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espora.db.codec.Codec;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What {@link MemoryJournal} does for mediums that keep a copy elsewhere, when that fails. */
class MemoryJournalTest {

  /** Keeps its copy on a disk that can fail. */
  private static final class Copied extends MemoryJournal {
    private @Nullable IOException failure;
    private DatabaseException.@Nullable OutOfSpace full;
    private int written;

    private Copied(Medium.Stored stored) {
      super(stored, new AtomicBoolean());
    }

    @Override
    protected long write(byte[] batch) throws IOException {
      if (failure != null) {
        throw failure;
      }
      if (full != null) {
        throw full;
      }
      written++;
      return 0;
    }
  }

  private final Copied journal =
      new Copied(new Medium.Stored(PartitionKind.LOG, Codec.of(String.class).schema()));

  private Database open() {
    return Database.open(FreshJournals.medium(_ -> journal), Options.DEFAULTS);
  }

  @Test
  void aWriteThatFailsIsOfUnknownOutcomeAndNothingIsWrittenAfterIt() {
    try (Database db = open()) {
      Log<String> log = db.log("log", String.class);
      log.append("first");
      journal.failure = new IOException("the disk is gone");
      assertThatThrownBy(() -> log.append("second"))
          .isInstanceOf(DatabaseException.OutcomeUnknown.class)
          .hasMessageContaining("the disk is gone");
      journal.failure = null;
      assertThatThrownBy(() -> log.append("third")).isInstanceOf(DatabaseException.Poisoned.class);
      assertThat(journal.written).isEqualTo(1);
    }
  }

  @Test
  void whatFindsNoRoomIsRefusedAndWhatComesLaterIsNot() {
    try (Database db = open()) {
      Log<String> log = db.log("log", String.class);
      journal.full = new DatabaseException.OutOfSpace("no room", null);
      assertThatThrownBy(() -> log.append("first"))
          .isInstanceOf(DatabaseException.OutOfSpace.class)
          .hasMessage("no room");
      journal.full = null;
      log.append("second");
      try (var rows = log.rows()) {
        assertThat(rows).containsExactly("second");
      }
    }
  }

  @Test
  void bytesThatAreNoBatchAreNotReplayed() {
    for (int length : new int[] {0, Batch.HEADER_BYTES + 1, Batch.HEADER_BYTES + 3}) {
      byte[] bytes = new byte[length];
      assertThatThrownBy(() -> journal.replay(bytes))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(length + " bytes are not a batch");
    }
    assertThat(journal.end()).isZero();
  }
}
