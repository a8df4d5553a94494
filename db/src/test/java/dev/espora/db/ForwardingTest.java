package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espora.db.codec.Codec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
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
  private static final int THREADS = 4;
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

  private static <T> T withProcesses(
      SharedLog shared, Function<List<Partition<Seen, Long, Long>>, T> work) {
    List<Database> databases = new ArrayList<>();
    List<Partition<Seen, Long, Long>> partitions = new ArrayList<>();
    try {
      for (int i = 0; i < SharedLog.PROCESSES; i++) {
        databases.add(Database.open(shared.medium(i), Options.DEFAULTS));
        partitions.add(databases.getLast().partition("numbers", new Numbers()));
      }
      return work.apply(partitions);
    } finally {
      databases.forEach(Database::close);
    }
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
    SharedLog shared = new SharedLog(new Random(seed), true);
    List<Told> all =
        withProcesses(
            shared,
            partitions -> {
              List<Future<Told>> running = new ArrayList<>();
              try (ExecutorService threads = Executors.newCachedThreadPool()) {
                for (int i = 0; i < SharedLog.PROCESSES * THREADS; i++) {
                  long from = 1 + (long) i * COMMANDS;
                  Partition<Seen, Long, Long> partition = partitions.get(i % SharedLog.PROCESSES);
                  running.add(threads.submit(() -> submit(partition, from)));
                }
              }
              return running.stream().map(Future::resultNow).toList();
            });
    Map<Long, Long> counts = shared.counts();
    String round = "seed " + seed + ", " + shared.happened();
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
    assertThat(shared.happened())
        .as(round)
        .containsKeys("answered", "answer lost", "held already", "no majority");
  }

  @Test
  void commandsOfOneThreadKeepTheirOrder() {
    SharedLog shared = new SharedLog(new Random(SEED), false);
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
    assertThat(shared.counts()).hasSize(accepted.size());
    assertThat(shared.happened().keySet()).containsExactly("answered");
  }

  @Test
  void aCommandThatNobodyDecidesIsGivenUpAndHoldsNoClosingUp() {
    SharedLog shared = new SharedLog(new Random(SEED), false);
    shared.withholdTurns();
    Limits limits = Limits.DEFAULTS.withLockWait(Duration.ofMillis(50));
    Database database = Database.open(shared.medium(1), Options.DEFAULTS.withLimits(limits));
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
      assertThat(shared.happened().keySet()).containsExactly("request lost");
    } finally {
      shared.giveTurns();
      database.close();
    }
  }

  @Test
  void anExceptionReachesTheOneWhoseCommandItIs() {
    SharedLog shared = new SharedLog(new Random(SEED), false);
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
