package dev.espora.db;

import dev.espora.db.codec.Codec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A log of numbers that several processes share, which of them leads, and a network between them
 * that, where it is faulty, loses, repeats and misdirects.
 */
final class SharedLog {
  static final int PROCESSES = 3;
  private static final long PATIENCE_MILLIS = 20;

  private record Stored(byte[] bytes, List<Forwarder.Answers> answers) {}

  private final Random random;
  private final List<Stored> batches = new ArrayList<>();
  private final Map<Integer, Forwarder.Decider> deciders = new ConcurrentHashMap<>();
  private final Map<String, Long> happened = new TreeMap<>();
  private final boolean faulty;
  private volatile int leader;

  /** Not done while nobody gets the turn to append, nor decides for others. */
  private volatile CompletableFuture<@Nullable Void> turns =
      CompletableFuture.completedFuture(null);

  private long end;

  SharedLog(Random random, boolean faulty) {
    this.random = random;
    this.faulty = faulty;
  }

  private synchronized int next(int bound) {
    return faulty ? random.nextInt(bound) : bound - 1;
  }

  private synchronized void happens(String what) {
    happened.merge(what, 1L, Long::sum);
  }

  /** Whoever leads may be another one at any moment. */
  private void elect() {
    if (next(20) == 0) {
      leader = next(PROCESSES);
    }
  }

  private Forwarder.@Nullable Answers known(Forwarder.Ticket ticket) {
    return known(ticket, batches.size());
  }

  /** What that many batches say of a group. */
  private Forwarder.@Nullable Answers known(Forwarder.Ticket ticket, int first) {
    for (Stored each : batches.subList(0, first).reversed()) {
      for (Forwarder.Answers held : each.answers) {
        Forwarder.Answers about = held.about(ticket);
        if (about != null) {
          return about;
        }
      }
    }
    return null;
  }

  /** The log as a process has it. */
  Medium medium(int process) {
    return FreshJournals.medium(stored -> new Member(this, process, stored));
  }

  /** How often each number is in the log. */
  Map<Long, Long> counts() {
    Map<Long, Long> counts = new TreeMap<>();
    Member reader =
        new Member(
            this, -1, new Medium.Stored(PartitionKind.MACHINE, Codec.of(Long.class).schema()));
    Codec<Long> codec = Codec.of(Long.class);
    while (reader.cursor().position() != reader.copy()) {
      boolean _ =
          reader.readBatch((_, _, payload) ->
              counts.merge(codec.decoder(codec.schema()).decode(payload), 1L, Long::sum));
    }
    return counts;
  }

  /** What has happened, and how often. */
  Map<String, Long> happened() {
    return happened;
  }

  /** Nobody gets the turn to append, nor decides for others, before {@link #giveTurns}. */
  void withholdTurns() {
    turns = new CompletableFuture<>();
  }

  void giveTurns() {
    turns.complete(null);
  }

  private static final class Member extends MemoryJournal implements Forwarder {
    private final SharedLog shared;
    private final int process;
    private final AtomicLong tickets = new AtomicLong();
    private int copied;

    /** Groups of batches that were not let in; of others a process may not have heard yet. */
    private final Set<Ticket> refused = new HashSet<>();

    private Member(SharedLog shared, int process, Medium.Stored stored) {
      super(stored, new AtomicBoolean());
      this.shared = shared;
      this.process = process;
    }

    @Override
    public long known() {
      return super.end();
    }

    @Override
    public long end() {
      if (shared.next(20) == 0) {
        shared.happens("no majority");
        throw new DatabaseException.Busy("no majority; nothing was written");
      }
      return copy();
    }

    private long copy() {
      synchronized (shared) {
        while (copied < shared.batches.size()) {
          replay(shared.batches.get(copied++).bytes.clone());
        }
        return super.end();
      }
    }

    @Override
    public boolean tryLock() {
      return shared.turns.isDone();
    }

    @Override
    public void lock() {
      shared.turns.join();
    }

    @Override
    public long append(Batch batch) {
      shared.elect();
      synchronized (shared) {
        boolean isHeld =
            batch.answers().stream().anyMatch(each -> shared.known(each.ticket()) != null);
        if (isHeld || shared.end != cursor().position()) {
          batch.answers().forEach(each -> refused.add(each.ticket()));
          shared.happens(isHeld ? "held already" : "overtaken");
          long _ = end();
          return OVERTAKEN;
        }
        byte[] bytes = Arrays.copyOf(batch.array(), batch.size());
        shared.batches.add(new Stored(bytes, List.copyOf(batch.answers())));
        shared.end += batch.size();
        if (shared.next(50) == 0) {
          shared.happens("appended without an answer");
          throw new DatabaseException.OutcomeUnknown("no answer", null);
        }
        copied++;
        return super.append(batch);
      }
    }

    @Override
    public Forwarder forwarder() {
      return this;
    }

    @Override
    public void offer(String schema, Decider decider) {
      shared.deciders.put(process, decider);
    }

    @Override
    public boolean isElsewhere() {
      return shared.leader != process;
    }

    @Override
    public Ticket ticket() {
      return new Ticket("p" + process, 1, tickets.incrementAndGet());
    }

    @Override
    public Optional<Decided> forward(Ticket ticket, List<byte[]> commands) {
      shared.elect();
      int fault = shared.next(12);
      int to = fault == 0 ? shared.next(PROCESSES) : shared.leader;
      Decider decider = shared.deciders.get(to);
      if (decider == null || to == process || fault == 1 || !shared.turns.isDone()) {
        shared.happens("request lost");
        return Optional.empty();
      }
      var decided = decider.decide(ticket, commands);
      switch (fault) {
        case 2 -> {
          shared.happens("nobody waits for the answer");
          return Optional.empty();
        }
        case 3 -> {
          shared.happens("answer lost");
          var _ = await(decided);
          return Optional.empty();
        }
        case 4 -> {
          shared.happens("sent twice, the second time to another process");
          var _ = Objects.requireNonNull(shared.deciders.get(third(to))).decide(ticket, commands);
        }
        case 5 -> {
          shared.happens("given up");
          throw new DatabaseException.OutcomeUnknown("nobody knows", null);
        }
        default -> shared.happens("answered");
      }
      return await(decided);
    }

    /** Neither that one nor this. */
    private int third(int other) {
      return IntStream.range(0, PROCESSES)
          .filter(each -> each != other && each != process)
          .findFirst()
          .orElseThrow();
    }

    /** Not for ever: each may wait for another one that was the leader when it was asked. */
    private Optional<Decided> await(CompletableFuture<Optional<Decided>> decided) {
      return shared.faulty
          ? decided
              .copy()
              .completeOnTimeout(Optional.empty(), PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
              .join()
          : decided.join();
    }

    @Override
    public @Nullable Answers known(Ticket ticket) {
      synchronized (shared) {
        return refused.remove(ticket) || shared.next(2) == 0
            ? shared.known(ticket)
            : shared.known(ticket, copied);
      }
    }
  }
}
