package dev.espora.ratis;

import dev.espora.db.Batch;
import dev.espora.db.DatabaseException;
import dev.espora.db.Forwarder;
import dev.espora.db.Journal;
import dev.espora.db.Medium;
import dev.espora.db.PartitionKind;
import dev.espora.db.codec.Schema;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A partition's log on several machines. What is read comes from this node's copy; what is appended
 * goes to the leader, under the condition that nothing was appended since. Snapshots are this
 * node's own.
 */
final class RatisJournal implements Journal {
  /** How long to wait for an answer that is not worth more. */
  private static final Duration TURN = Duration.ofSeconds(1);

  /** A turn that came later than this was waited for, not merely asked for. */
  private static final long AT_ONCE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private static final Duration UPKEEP = Duration.ofMinutes(5);

  private final RatisNode node;
  private final Group group;
  private final String name;
  private final Medium.Stored stored;
  private final ReplicaLog log;

  /** An opening of the copy with the cursor of this journal. */
  private final Journal copy;

  private final Barrier barrier;
  private final LeaderForwarder forwarder;
  private volatile boolean hasTurn;

  /** Whether others wanted the last turn, too: then to ask whether it is free is a message more. */
  private volatile boolean contended;

  private volatile String holder = "another node";

  RatisJournal(RatisNode node, Group group, String name, Medium.Stored stored) {
    this.node = node;
    this.group = group;
    this.name = name;
    this.stored = stored;
    GroupMachine.Opening opening =
        group.machine().open(name, stored.kind(), stored.schemas().getFirst().toString());
    this.log = opening.log();
    this.copy = opening.copy();
    this.barrier = new Barrier(this::askForEnd);
    this.forwarder = new LeaderForwarder(node, group, name, log);
  }

  @Override
  public List<Schema> schemas() {
    return stored.schemas();
  }

  @Override
  public int schema() {
    return stored.schema();
  }

  @Override
  public @Nullable Snapshot rewind() {
    return copy.rewind();
  }

  @Override
  public long first() {
    return copy.first();
  }

  // --- the end

  @Override
  public long end() {
    node.check();
    barrier.await();
    return copy.end();
  }

  @Override
  public long known() {
    node.check();
    return copy.end();
  }

  /** Asks where the log ends, and sees to it that all of it can be read here. */
  private void askForEnd() {
    Request request = new Request.End(name, log.end());
    Reply.At at = at(group.ask(request, Group.Way.AT_ONCE, node.patience()));
    if (!learn(at)) {
      throw new DatabaseException.Busy(
          "this node lags behind: it has not come to position "
              + at.end()
              + " of partition "
              + name);
    }
  }

  private static Reply.At at(Reply reply) {
    return switch (reply) {
      case Reply.At at -> at;
      default -> throw new IllegalStateException("unexpected " + reply);
    };
  }

  /** Takes over what the leader has told, and waits for the rest, if there is any. */
  private boolean learn(Reply.At at) {
    try {
      at.batches().forEach(each -> log.put(each.position(), each.bytes()));
    } catch (DatabaseException e) {
      node.check(); // it may have failed, and let go of its files
      throw e;
    }
    return log.awaitEnd(at.end(), node.patience().toNanos());
  }

  @Override
  public Point cursor() {
    return copy.cursor();
  }

  // --- the turn to append

  @Override
  public boolean tryLock() {
    node.check();
    if (contended) {
      return false;
    }
    Request request = new Request.TakeTurn(name, node.name(), log.end(), false);
    try {
      return taken(group.ask(request, Group.Way.AT_ONCE, TURN));
    } catch (DatabaseException.Busy e) {
      return false;
    }
  }

  @Override
  public void lock() {
    boolean taken = false;
    long start = System.nanoTime();
    while (!taken) {
      node.check();
      Request request = new Request.TakeTurn(name, node.name(), log.end(), true);
      try {
        taken = taken(group.ask(request, Group.Way.AT_ONCE, node.patience()));
      } catch (DatabaseException.Busy e) {
        holder = "nobody, since no node leads";
      }
    }
    contended = System.nanoTime() - start > AT_ONCE_NANOS;
  }

  private boolean taken(Reply reply) {
    if (reply instanceof Reply.Held held) {
      holder = "node " + held.node();
      return false;
    }
    hasTurn = true;
    learn(at(reply));
    return true;
  }

  @Override
  public void unlock() {
    if (hasTurn) {
      hasTurn = false;
      try {
        group.ask(new Request.GiveTurn(name, node.name()), Group.Way.AT_ONCE, TURN);
      } catch (DatabaseException e) {
        // it lapses by itself
      }
    }
  }

  @Override
  public String holder() {
    return holder;
  }

  // --- appending

  @Override
  public Forwarder forwarder() {
    return forwarder;
  }

  @Override
  public long append(Batch batch) {
    node.check();
    long start = System.nanoTime();
    long position = copy.cursor().position();
    byte[] records = Arrays.copyOfRange(batch.array(), Batch.HEADER_BYTES, batch.size());
    Reply reply = new Submission(group, node, name, position, records, batch.answers()).run();
    hasTurn = false; // the leader takes an append for the end of the turn
    return switch (reply) {
      case Reply.Done _ -> {
        forwarder.letIn();
        keep(position, records);
        yield System.nanoTime() - start;
      }
      case Reply.Overtaken _ -> {
        askForEnd();
        yield OVERTAKEN;
      }
      case Reply.Answered(List<Forwarder.Answers> answers) -> {
        forwarder.refused(answers);
        askForEnd();
        yield OVERTAKEN;
      }
      default -> throw new IllegalStateException("unexpected " + reply);
    };
  }

  /** What others have agreed on has happened, whether this node can write it down or not. */
  private void keep(long position, byte[] records) {
    try {
      if (!log.put(position, records) || !copy.readBatch((_, _, _) -> {})) {
        throw new IllegalStateException("the copy of partition " + name + " lags behind itself");
      }
    } catch (RuntimeException e) {
      node.fail("its copy of the data cannot be written: " + e.getMessage());
      throw new DatabaseException.OutcomeUnknown(
          "the command took effect, but this node has failed: " + e.getMessage(), e);
    }
  }

  @Override
  public boolean readBatch(EventSink sink) {
    return copy.readBatch(sink);
  }

  // --- snapshots and releasing

  @Override
  public long snapshotLag() {
    return copy.snapshotLag();
  }

  @Override
  public void store(Point at, Schema schema, Iterator<byte[]> parts) {
    copy.store(at, schema, parts);
  }

  /** What snapshots stand in for is each node's own affair; of a store, it is that of all. */
  @Override
  public void release(long before) {
    if (stored.kind() == PartitionKind.STORE) {
      group.ask(new Request.Release(name, before), Group.Way.ENTRY, node.patience());
    }
    copy.release(before);
    forgetReleased();
  }

  @Override
  public void forgetReleased() {
    copy.forgetReleased();
    log.forgetReleased();
  }

  @Override
  public void sync() {
    log.sync();
  }

  @Override
  public long storedBytes() {
    return copy.storedBytes();
  }

  @Override
  public @Nullable Upkeep tryUpkeep() {
    Upkeep here = copy.tryUpkeep();
    if (here == null) {
      return null;
    }
    UUID holder = UUID.randomUUID();
    long now = System.currentTimeMillis();
    Request take = new Request.TakeUpkeep(name, holder, node.name(), now, now + UPKEEP.toMillis());
    try {
      if (group.ask(take, Group.Way.ENTRY, node.patience()) instanceof Reply.Done) {
        return () -> {
          here.close();
          group.ask(new Request.GiveUpkeep(name, holder), Group.Way.ENTRY, node.patience());
        };
      }
    } catch (DatabaseException e) {
      here.close();
      throw e;
    }
    here.close();
    return null;
  }

  // --- reading

  @Override
  public @Nullable Event read(long position) {
    return copy.read(position);
  }

  @Override
  public Reader reader() {
    return copy.reader();
  }

  @Override
  public EventScan scan(long from, LongSupplier to) {
    return copy.scan(from, to);
  }

  @Override
  public EventScan scanBackwards(Point from) {
    return copy.scanBackwards(from);
  }

  @Override
  public void close() {
    forwarder.close();
    copy.close();
    group.machine().closed();
  }
}
