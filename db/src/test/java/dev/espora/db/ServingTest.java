package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.espora.db.Forwarder.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Commands of other processes may come as soon as a partition offers to decide them. */
class ServingTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Keeps what is forwarded, and hands it over the next time that the partition is opened. */
  private static final class Relay extends MemoryJournal implements Forwarder {
    private volatile boolean elsewhere;
    private volatile List<byte[]> kept = List.of();
    private final CompletableFuture<Optional<Decided>> decided = new CompletableFuture<>();

    private Relay(Medium.Stored stored) {
      super(stored, new AtomicBoolean());
    }

    @Override
    public Forwarder forwarder() {
      return this;
    }

    /** Waits for the decision, so that nothing that comes later can help it. */
    @Override
    public void offer(String schema, Decider decider) {
      if (!kept.isEmpty()) {
        Optional<Decided> none = Optional.empty();
        decided.complete(
            decider
                .decide(ticket(), kept)
                .completeOnTimeout(none, PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join());
      }
    }

    @Override
    public boolean isElsewhere() {
      return elsewhere;
    }

    @Override
    public Ticket ticket() {
      return new Ticket("p", 1, 1);
    }

    @Override
    public Optional<Decided> forward(Ticket ticket, List<byte[]> commands) {
      kept = commands;
      throw new DatabaseException.OutcomeUnknown("kept", null);
    }

    @Override
    public @Nullable Answers known(Ticket ticket) {
      return null;
    }
  }

  private static Store<Integer, String> store(Database database) {
    return database.store("store", Integer.class, String.class);
  }

  @Test
  void whatComesWhileAStoreIsOpenedFindsItComplete() {
    AtomicReference<@Nullable Relay> opened = new AtomicReference<>();
    Medium medium =
        FreshJournals.medium(
            stored -> opened.updateAndGet(known -> known == null ? new Relay(stored) : known));
    try (Database database = Database.open(medium, Options.DEFAULTS)) {
      long sequence = store(database).put(1, "old").result();
      Relay relay = Objects.requireNonNull(opened.get());
      relay.elsewhere = true;
      assertThatExceptionOfType(DatabaseException.OutcomeUnknown.class)
          .isThrownBy(() -> store(database).compareAndSet(1, sequence, "new"));
      relay.elsewhere = false;
    }
    try (Database database = Database.open(medium, Options.DEFAULTS)) {
      assertThat(store(database).read(1).orElseThrow().value()).isEqualTo("new");
      Relay relay = Objects.requireNonNull(opened.get());
      assertThat(relay.decided.join().orElseThrow().verdicts())
          .singleElement()
          .isInstanceOf(Verdict.Result.class);
    }
  }
}
