package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espora.db.codec.Input;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Records whose checksums are right and that no store wrote: whoever reads them says so in the
 * family of {@link DatabaseException}.
 */
class ForgedRecordTest {
  private static final byte[][] FORGED = {
    {}, {99}, {0}, {0, 2, 2, 40, 'x'}, {4, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1}
  };

  /** A log in memory whose single records can be exchanged. */
  private static final class Forgery extends MemoryJournal {
    private byte @Nullable [] payload;

    private Forgery(Medium.Stored stored) {
      super(stored, new AtomicBoolean());
    }

    @Override
    public @Nullable Event read(long position) {
      return payload == null ? super.read(position) : new Event(0, new Input(payload));
    }

    @Override
    public synchronized Reader reader() {
      return new Reader() {
        @Override
        public @Nullable Event read(long position) {
          return Forgery.this.read(position);
        }

        @Override
        public void close() {}
      };
    }
  }

  private @Nullable Forgery journal;

  private Medium forgeries() {
    return FreshJournals.medium(stored -> {
      Forgery made = new Forgery(stored);
      journal = made;
      return made;
    });
  }

  @Test
  void whoeverReadsAForgedRecordOfAStoreGetsADatabaseException() {
    Options options = Options.DEFAULTS.withCachedValues(0);
    try (Database db = Database.open(forgeries(), options)) {
      Store<String, String> store = db.store("things", String.class, String.class);
      long sequence = store.put("key", "value").result();
      for (byte[] payload : FORGED) {
        forge(payload);
        for (Callable<?> call :
            List.<Callable<?>>of(
                () -> store.read("key"),
                () -> store.entries().toList(),
                () -> store.compareAndSet("key", sequence + 1, "other"),
                () -> store.compareAndDelete("key", sequence + 1),
                store::compact)) {
          assertThatThrownBy(call::call)
              .isInstanceOf(DatabaseException.SchemaMismatch.class)
              .hasMessageStartingWith("partition things holds what cannot be read: ");
        }
      }
      forge(null);
      assertThat(store.read("key").orElseThrow().value()).isEqualTo("value");
      assertThat(store.compareAndSet("key", sequence, "other").result()).isNotEqualTo(sequence);
    }
  }

  private void forge(byte @Nullable [] payload) {
    Objects.requireNonNull(journal).payload = payload;
  }
}
