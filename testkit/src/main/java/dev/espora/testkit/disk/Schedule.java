package dev.espora.testkit.disk;

import dev.espora.db.Medium;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs several processes on one {@link SimulatedDisk} so that a seed decides who goes on at each
 * operation: before it, the process that asks may have to wait until others have done some.
 *
 * <pre>{@code
 * new Schedule(disk, seed)
 *     .add("a", medium -> { try (Database db = Database.open(medium, options)) { ... } })
 *     .add("b", medium -> { ... })
 *     .run();
 * }</pre>
 *
 * <p><b>What is deterministic:</b> which process makes which operation, in which order, as far as
 * each process calls its database from the one thread that it is given, waits for what it begins (a
 * future, a compaction) before it goes on, and waits for another process by its locks alone. The
 * engine's own threads then take turns with that thread, and what it would do in the background it
 * does at once ({@link SimulatedProcess}). A process that waits for a lock gets it in its turn
 * after it is free, not after some time.
 *
 * <p><b>What is not:</b> the bytes that are written, since the engine numbers logs and sessions at
 * random; the names of temporary files; what the engine does by the clock: its housekeeper's looks,
 * ten a second, are left out of the order and not counted, and the background compaction and
 * sweeping of a store beyond 1 MiB, snapshots beyond 16 MiB, and waits that last for seconds come
 * when they come.
 */
public final class Schedule {
  private static final long PATIENCE_MILLIS = 30_000;

  /** A process goes on with its next operation this often on average, before another one does. */
  private static final int[] STREAKS = {2, 5, 20};

  private final SimulatedDisk disk;
  private final Random random;
  private final int streak;
  private final List<Actor> actors = new ArrayList<>();
  private final Turns turns = new InTurn();
  private @Nullable Actor turn;
  private long passed;

  /** What a process does. */
  @FunctionalInterface
  public interface Work {

    /**
     * Does it.
     *
     * @param medium the database as this process opens it
     */
    void run(Medium medium) throws Exception;
  }

  /** An order that a seed decides. */
  public Schedule(SimulatedDisk disk, long seed) {
    this.disk = disk;
    this.random = new Random(seed);
    this.streak = STREAKS[random.nextInt(STREAKS.length)];
  }

  private static final class Actor {
    private final SimulatedProcess process;
    private final Work work;
    private @Nullable BooleanSupplier waitsFor;
    private @Nullable Throwable failure;
    private boolean ended;

    private Actor(SimulatedProcess process, Work work) {
      this.process = process;
      this.work = work;
    }

    private boolean canGoOn() {
      return !ended && (waitsFor == null || waitsFor.getAsBoolean());
    }
  }

  /** Adds a process. */
  public Schedule add(String name, Work work) {
    return add(disk.process(name), work);
  }

  /** Adds a process that the caller may kill. */
  public Schedule add(SimulatedProcess process, Work work) {
    actors.add(new Actor(process, work));
    return this;
  }

  /**
   * Runs all processes to their ends. What a process throws after it was killed or the power was
   * cut is expected, unless it is an {@link AssertionError}.
   */
  public void run() throws Exception {
    List<Thread> threads = new ArrayList<>();
    for (Actor actor : actors) {
      actor.process.follow(turns);
      threads.add(Thread.ofPlatform().name(actor.process.name()).unstarted(() -> live(actor)));
    }
    synchronized (this) {
      choose(null);
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    for (Actor actor : actors) {
      actor.process.follow(null);
      report(actor);
    }
  }

  private void report(Actor actor) throws Exception {
    boolean crashed = disk.isCut() || actor.process.isKilled();
    switch (actor.failure) {
      case null -> {}
      case Error error -> throw error;
      case Exception e when !crashed -> throw e;
      default -> {}
    }
  }

  private void live(Actor actor) {
    try {
      synchronized (this) {
        awaitTurn(actor);
      }
      actor.work.run(actor.process.medium());
    } catch (Exception | Error e) {
      actor.failure = e;
    } finally {
      synchronized (this) {
        actor.ended = true;
        choose(null);
      }
    }
  }

  /** Says who goes on; whoever has the turn keeps it more often than not. */
  private void choose(@Nullable Actor current) {
    passed++;
    if (current == null || !current.canGoOn() || random.nextInt(streak) == 0) {
      List<Actor> others =
          actors.stream().filter(each -> each != current && each.canGoOn()).toList();
      if (!others.isEmpty()) {
        turn = others.get(random.nextInt(others.size()));
      } else if (current == null || current.waitsFor != null) {
        turn = null;
      }
    }
    notifyAll();
  }

  private boolean isOver(Actor actor) {
    return disk.isCut() || actor.process.isKilled();
  }

  private void awaitTurn(Actor actor) {
    long seen = passed;
    long deadline = System.currentTimeMillis() + PATIENCE_MILLIS;
    while (turn != actor && !isOver(actor)) {
      if (turn == null && actor.canGoOn()) {
        turn = actor; // everybody waited, and now this one need not any more
        return;
      }
      if (passed != seen) {
        seen = passed;
        deadline = System.currentTimeMillis() + PATIENCE_MILLIS;
      } else if (System.currentTimeMillis() > deadline) {
        throw new IllegalStateException(
            "no process has made an operation for 30 s; " + actor.process + " waits for its turn");
      }
      try {
        wait(turn == null ? 1 : 1_000);
      } catch (InterruptedException e) {
        throw new IllegalStateException("a scheduled process was interrupted", e);
      }
    }
  }

  private Actor of(SimulatedProcess process) {
    return actors.stream().filter(each -> each.process.equals(process)).findFirst().orElseThrow();
  }

  private final class InTurn implements Turns {

    @Override
    public void pass(SimulatedProcess process) {
      synchronized (Schedule.this) {
        Actor actor = of(process);
        if (isOver(actor) || actor.ended) {
          Schedule.this.notifyAll();
          return;
        }
        awaitTurn(actor);
        choose(actor);
        awaitTurn(actor);
      }
    }

    @Override
    public void await(SimulatedProcess process, BooleanSupplier free) {
      synchronized (Schedule.this) {
        Actor actor = of(process);
        actor.waitsFor = free;
        if (turn == actor) {
          choose(actor);
        }
        awaitTurn(actor);
        actor.waitsFor = null;
      }
    }
  }
}
