package dev.espora.db;

import java.io.Serial;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads of one open database. All of its file I/O that may wait happens on them, or on a
 * caller's platform thread that finds its partition idle; never on a virtual thread, whose carrier
 * it would hold.
 *
 * <ul>
 *   <li>committers: lent to partitions that have commands waiting, at most {@value #MOST} at a
 *       time;
 *   <li>completions: complete the futures of commands that nobody waits for, so that what hangs on
 *       them cannot hold up a commit;
 *   <li>housekeeper: one thread for short background work: spare segments, intervals, waits that
 *       have lasted too long;
 *   <li>upkeep: one thread for long background work: snapshots and compaction.
 * </ul>
 */
final class Committers implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.espora.db");
  private static final int MOST = 64;
  private static final long WATCH_MILLIS = 100;

  private final Waiting waiting = new Waiting();
  private final ThreadPoolExecutor committers;
  private final ThreadPoolExecutor completions;
  private final ScheduledExecutorService housekeeper;
  private final ThreadPoolExecutor upkeep;
  private final List<Committer<?, ?, ?, ?>> open = new CopyOnWriteArrayList<>();

  Committers() {
    committers =
        new ThreadPoolExecutor(
            0,
            MOST,
            10,
            TimeUnit.SECONDS,
            waiting,
            threads("espora-commit"),
            (task, _) -> waiting.enqueue(task));
    completions =
        new ThreadPoolExecutor(
            1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads("espora-complete"));
    completions.allowCoreThreadTimeOut(true);
    housekeeper = Executors.newSingleThreadScheduledExecutor(threads("espora-housekeeper"));
    upkeep =
        new ThreadPoolExecutor(
            1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads("espora-upkeep"));
    upkeep.allowCoreThreadTimeOut(true);
    var _ =
        housekeeper.scheduleWithFixedDelay(
            this::watch, WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * A queue that an executor prefers to new threads only where one of its threads is idle, so that
   * there are no more of them than partitions at work; beyond the most threads, tasks do wait.
   */
  private static final class Waiting extends LinkedTransferQueue<Runnable> {
    @Serial private static final long serialVersionUID = 1;

    @Override
    public boolean offer(Runnable task) {
      return tryTransfer(task);
    }

    void enqueue(Runnable task) {
      super.offer(task);
    }
  }

  private static ThreadFactory threads(String name) {
    return Thread.ofPlatform().name(name + "-", 0).daemon().factory();
  }

  void add(Committer<?, ?, ?, ?> committer) {
    open.add(committer);
  }

  void remove(Committer<?, ?, ?, ?> committer) {
    open.remove(committer);
  }

  private void watch() {
    for (Committer<?, ?, ?, ?> committer : open) {
      try {
        committer.watch();
      } catch (DatabaseException e) {
        // whoever uses the partition is told so
      } catch (RuntimeException | Error e) { // the others are looked after
        LOG.log(System.Logger.Level.WARNING, "looking after partition " + committer.name(), e);
      }
    }
  }

  /** Runs a partition's commits on a committer thread. */
  void run(Runnable commits) {
    committers.execute(commits);
  }

  /** Whether another partition waits for a thread, so that an idle one should give its own back. */
  boolean othersWait() {
    return !waiting.isEmpty();
  }

  /** Completes futures, here if the database is being closed, or the system has no thread left. */
  void complete(Runnable completion) {
    try {
      completions.execute(completion);
    } catch (RejectedExecutionException | Error e) {
      completion.run();
    }
  }

  /** For background work that may fail without harm. */
  ScheduledExecutorService housekeeper() {
    return housekeeper;
  }

  /** For long work that may wait for commits: snapshots and compaction. */
  Executor upkeep() {
    return upkeep;
  }

  @Override
  public void close() {
    housekeeper.shutdown();
    upkeep.shutdown();
    committers.shutdown();
    completions.shutdown();
    try {
      boolean _ = housekeeper.awaitTermination(5, TimeUnit.SECONDS);
      boolean _ = upkeep.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
