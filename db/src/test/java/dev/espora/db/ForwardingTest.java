package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espora.db.codec.Codec;
import java.time.Duration;
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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Processes that share a log and have one of them decide, over a network that loses, repeats and
 * misdirects: whatever becomes of messages, a command takes effect once.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForwardingTest {
  private static final long SEED = Long.getLong("espora.seed", System.nanoTime());
  private static final int ROUNDS = Integer.getInteger("espora.rounds", 5);
  private static final int PROCESSES = 3;
  private static final int THREADS = 4;
  private static final long PATIENCE_MILLIS = 20;
  private static final int COMMANDS = 400;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Which numbers have come, a bit each. */
  record Seen(byte[] bits) {
    boolean has(long number) {
      int at = (int) (number / 8);
      return at < bits.length && (bits[at] >> (number % 8) & 1) != 0;
    }

    Seen with(long number) {
      int at = (int) (number / 8);
      byte[] more = Arrays.copyOf(bits, Math.max(bits.length, at + 1));
      more[at] |= (byte) (1 << (number % 8));
      return new Seen(more);
    }
  }

  /** Commands are numbers, and so are events; every seventh one is rejected, and any that came. */
  record Numbers() implements StateMachine<Seen, Long, Long, Long> {
    private static final long CAME_BEFORE = Long.MIN_VALUE;

    @Override
    public Seen initial() {
      return new Seen(new byte[0]);
    }

    @Override
    public Decision<Long, Long> decide(Seen state, Long command) {
      if (command < 0) {
        throw new IllegalArgumentException("negative: " + command);
      }
      if (state.has(command)) {
        return Decision.reject(CAME_BEFORE);
      }
      return command % 7 == 0 ? Decision.reject(-command) : Decision.accept(command, command);
    }

    @Override
    public Seen evolve(Seen state, Long event) {
      return state.with(event);
    }

    @Override
    public Codec<Long> eventCodec() {
      return Codec.of(Long.class);
    }

    @Override
    public Codec<Seen> stateCodec() {
      return Codec.of(Seen.class);
    }

    @Override
    public Optional<Forwarding<Long, Long>> forwarding() {
      return Optional.of(Forwarding.of(Long.class, Long.class));
    }
  }

  private record Stored(byte[] bytes, List<Forwarder.Answers> answers) {}

  /** What the processes share: the log, who leads, and a network. */
  private static final class Shared {
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

    private Shared(Random random, boolean faulty) {
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
  }

  private static final class SharedJournal extends MemoryJournal implements Forwarder {
    private final Shared shared;
    private final int process;
    private final AtomicLong tickets = new AtomicLong();
    private int copied;

    /** Groups of batches that were not let in; of others a process may not have heard yet. */
    private final Set<Ticket> refused = new HashSet<>();

    private SharedJournal(Shared shared, int process, Medium.Stored stored) {
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

  private static Medium medium(Shared shared, int process) {
    return FreshJournals.medium(stored -> new SharedJournal(shared, process, stored));
  }

  private static <T> T withProcesses(
      Shared shared, Function<List<Partition<Seen, Long, Long>>, T> work) {
    List<Database> databases = new ArrayList<>();
    List<Partition<Seen, Long, Long>> partitions = new ArrayList<>();
    try {
      for (int i = 0; i < PROCESSES; i++) {
        databases.add(Database.open(medium(shared, i), Options.DEFAULTS));
        partitions.add(databases.getLast().partition("numbers", new Numbers()));
      }
      return work.apply(partitions);
    } finally {
      databases.forEach(Database::close);
    }
  }

  /** How often each number is in the log. */
  private static Map<Long, Long> counts(Shared shared) {
    Map<Long, Long> counts = new TreeMap<>();
    SharedJournal reader =
        new SharedJournal(
            shared, -1, new Medium.Stored(PartitionKind.MACHINE, Codec.of(Long.class).schema()));
    Codec<Long> codec = Codec.of(Long.class);
    while (reader.cursor().position() != reader.copy()) {
      boolean _ =
          reader.readBatch((_, _, payload) ->
              counts.merge(codec.decoder(codec.schema()).decode(payload), 1L, Long::sum));
    }
    return counts;
  }

  /**
   * What a thread was told: the commands that were answered, those of unknown outcome, and those of
   * which nothing was written.
   */
  private record Told(List<Long> answered, List<Long> unknown, List<Long> unwritten) {}

  private static Told submit(Partition<Seen, Long, Long> partition, long from) {
    Told told = new Told(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (long number = from; number < from + COMMANDS; number++) {
      try {
        long result = partition.submit(number).result();
        assertThat(result).isEqualTo(number % 7 == 0 ? -number : number);
        told.answered.add(number);
      } catch (DatabaseException.OutcomeUnknown e) {
        told.unknown.add(number);
      } catch (DatabaseException.Busy e) {
        told.unwritten.add(number);
      }
    }
    return told;
  }

  @Test
  void acknowledgedCommandTakesEffectOnceWhateverBecomesOfMessages() {
    for (int round = 0; round < ROUNDS; round++) {
      checkEffects(SEED + round);
    }
  }

  private static void checkEffects(long seed) {
    Shared shared = new Shared(new Random(seed), true);
    List<Told> all =
        withProcesses(
            shared,
            partitions -> {
              List<Future<Told>> running = new ArrayList<>();
              try (ExecutorService threads = Executors.newCachedThreadPool()) {
                for (int i = 0; i < PROCESSES * THREADS; i++) {
                  long from = 1 + (long) i * COMMANDS;
                  Partition<Seen, Long, Long> partition = partitions.get(i % PROCESSES);
                  running.add(threads.submit(() -> submit(partition, from)));
                }
              }
              return running.stream().map(Future::resultNow).toList();
            });
    Map<Long, Long> counts = counts(shared);
    String round = "seed " + seed + ", " + shared.happened;
    for (Told told : all) {
      for (long number : told.answered) {
        assertThat(counts.getOrDefault(number, 0L))
            .as("number %d, %s", number, round)
            .isEqualTo(number % 7 == 0 ? 0 : 1);
      }
      for (long number : told.unknown) {
        assertThat(counts.getOrDefault(number, 0L))
            .as("number %d, %s", number, round)
            .isLessThanOrEqualTo(1);
      }
      assertThat(counts).as(round).doesNotContainKeys(told.unwritten.toArray(Long[]::new));
    }
    assertThat(shared.happened)
        .as(round)
        .containsKeys("answered", "answer lost", "held already", "no majority");
  }

  @Test
  void commandsOfOneThreadKeepTheirOrder() {
    Shared shared = new Shared(new Random(SEED), false);
    List<Long> results =
        withProcesses(
            shared,
            partitions -> {
              var receipts = new ArrayList<CompletableFuture<Receipt<Long>>>();
              for (long number = 1; number <= 10_000; number++) {
                receipts.add(partitions.get(1).submitAsync(number));
              }
              return receipts.stream().map(each -> each.join().result()).toList();
            });
    List<Long> accepted = results.stream().filter(each -> each > 0).toList();
    assertThat(accepted).isSorted().hasSize(10_000 - 10_000 / 7);
    assertThat(counts(shared)).hasSize(accepted.size());
    assertThat(shared.happened.keySet()).containsExactly("answered");
  }

  @Test
  void aCommandThatNobodyDecidesIsGivenUpAndHoldsNoClosingUp() {
    Shared shared = new Shared(new Random(SEED), false);
    shared.turns = new CompletableFuture<>();
    Limits limits = Limits.DEFAULTS.withLockWait(Duration.ofMillis(50));
    Database database = Database.open(medium(shared, 1), Options.DEFAULTS.withLimits(limits));
    try {
      Partition<Seen, Long, Long> partition = database.partition("numbers", new Numbers());
      assertThat(partition.submitAsync(1L))
          .failsWithin(PATIENCE)
          .withThrowableThat()
          .withCauseInstanceOf(DatabaseException.OutcomeUnknown.class);
      assertThat(CompletableFuture.runAsync(database::close))
          .failsWithin(PATIENCE)
          .withThrowableThat()
          .withCauseInstanceOf(DatabaseException.Busy.class);
      assertThat(shared.happened.keySet()).containsExactly("request lost");
    } finally {
      shared.turns.complete(null);
      database.close();
    }
  }

  @Test
  void anExceptionReachesTheOneWhoseCommandItIs() {
    Shared shared = new Shared(new Random(SEED), false);
    withProcesses(
        shared,
        partitions -> {
          var good = partitions.get(1).submitAsync(1L);
          var bad = partitions.get(1).submitAsync(-1L);
          assertThat(good.join().result()).isEqualTo(1);
          assertThatThrownBy(bad::join)
              .hasRootCauseInstanceOf(IllegalStateException.class)
              .hasMessageContaining("negative: -1");
          return null;
        });
  }
}
