package dev.espora.db;

import dev.espora.db.codec.Codec;
import dev.espora.db.codec.Output;
import org.jspecify.annotations.Nullable;

/**
 * Judges the commands of a batch one after another against the newest state and encodes what they
 * cause. For use by the thread that commits.
 */
final class Judge<S, C, E, R> {
  /** A batch is closed once it is this long, so that callers do not wait for ever larger ones. */
  private static final int BATCH_BYTES = 1 << 20;

  private final String partition;
  private final Machine<S, C, E, R> machine;
  private final Codec<E> events;
  private final int schema;
  private final Limits limits;
  private final boolean oneCommandPerBatch;
  private final Batch batch = new Batch();
  private @Nullable Pending<C, R> rest;

  /** The one that the rest was cut off behind. */
  private @Nullable Pending<C, R> last;

  private long start;

  Judge(String partition, Machine<S, C, E, R> machine, int schema, Options options) {
    this.partition = partition;
    this.machine = machine;
    this.events = machine.eventCodec();
    this.schema = schema;
    this.limits = options.limits();
    this.oneCommandPerBatch = options.durability().mode() == Durability.Mode.SYNC_EACH;
  }

  /** What the commands judged last have caused. */
  Batch batch() {
    return batch;
  }

  /** The commands that did not fit into the batch, linked by {@link Pending#next}. */
  @Nullable Pending<C, R> rest() {
    return rest;
  }

  /**
   * Judges commands, oldest first, until the batch is full. Those of one group stay together, and
   * are passed over if the log has them already.
   *
   * @param position of the log where the batch will stand
   * @return the state that they lead to
   */
  S judge(@Nullable Pending<C, R> first, S state, long position) {
    batch.clear();
    start = position;
    rest = null;
    last = null;
    S reached = state;
    int before = 0;
    for (Pending<C, R> each = first; each != null; each = each.next) {
      Forwarded<C, R> group = each.forwarded;
      if ((each.take() || each.isTaken()) && (group == null || !group.isKnown())) {
        reached = judgeOne(each, reached);
      }
      if (group == null || each.next == null || !group.equals(each.next.forwarded)) {
        if (group != null && batch.records() > before) {
          batch.answer(group.answers());
        }
        before = batch.records();
        if (batch.size() >= BATCH_BYTES || (oneCommandPerBatch && batch.records() > 0)) {
          rest = each.next;
          last = each;
          each.next = null;
        }
      }
    }
    return reached;
  }

  /** Takes back what was just judged, so that all of it can be judged again. */
  void takeBack() {
    if (last != null) {
      last.next = rest;
    }
    rest = null;
    last = null;
  }

  private S judgeOne(Pending<C, R> pending, S state) {
    int size = batch.size();
    int records = batch.records();
    try {
      Decision<E, R> decision = machine.decide(state, pending.command);
      S next = state;
      if (!decision.events().isEmpty()) {
        next = evolve(decision, state);
        checkAtMost("batch", batch.size() - size, limits.batchBytes(), "bytes");
      }
      Forwarded<C, R> group = pending.forwarded;
      if (group == null) {
        pending.decided(decision.result());
      } else {
        pending.decided(decision.result(), group.verdict(decision.result()));
      }
      return next;
    } catch (RuntimeException e) {
      pending.failed(() -> e);
    } catch (OutOfMemoryError | StackOverflowError e) {
      pending.failed(
          () -> new IllegalStateException("a command of partition " + partition + " failed", e));
    }
    batch.rollback(size, records);
    return state;
  }

  private S evolve(Decision<E, R> decision, S state) {
    checkAtMost("batch", decision.events().size(), limits.batchEntries(), "entries");
    S next = state;
    for (E event : decision.events()) {
      int offset = batch.size();
      Output out = batch.beginEvent(machine.schema(event, schema));
      events.encode(event, out);
      checkAtMost("value", batch.endEvent(), limits.valueBytes(), "bytes");
      next = machine.evolve(next, event, start + offset, batch.size() - offset);
    }
    return next;
  }

  /** A store has checked its keys and values before, by themselves. */
  private void checkAtMost(String what, int actual, int limit, String unit) {
    if (actual > limit && machine.kind() != PartitionKind.STORE) {
      throw new DatabaseException.LimitExceeded(
          "a %s of %d %s is beyond the limit of %d in partition %s"
              .formatted(what, actual, unit, limit, partition));
    }
  }
}
