package dev.espora.bench.peers;

import static java.util.Objects.requireNonNull;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets callers share commits. Each pushes what it wants written onto a stack and parks; one thread
 * takes the whole stack, commits all of it, and wakes the callers. The floor commits like this, and
 * so do the engines beside Espora.
 *
 * @param <W> what one caller wants written
 */
public final class GroupCommit<W> implements AutoCloseable {

  /** Writes a group, oldest first, and syncs it. Runs on one thread. */
  @FunctionalInterface
  public interface Commit<W> {
    void commit(Iterable<W> group) throws Exception;
  }

  /** What a caller does while no other one is there. */
  public enum Alone {
    /** It hands over as always. */
    HANDS_OVER,
    /**
     * On a platform thread it commits by itself, which saves two switches of threads. A virtual one
     * would hold its carrier.
     */
    COMMITS
  }

  /** One caller's wish in the queue. Virtual and platform callers park on it alike. */
  private static final class Node<W> {
    final W wish;
    final Thread caller = Thread.currentThread();
    @Nullable Node<W> next;
    volatile boolean done;

    Node(W wish) {
      this.wish = wish;
    }
  }

  private final Alone alone;
  private final Commit<W> commit;

  /** Callers that have not returned yet, those included whose wish is committed. */
  private final AtomicInteger callers = new AtomicInteger();

  /** Held while committing. */
  private final ReentrantLock committing = new ReentrantLock();

  private final AtomicReference<@Nullable Node<W>> newest = new AtomicReference<>();
  private final Thread committer;
  private volatile @Nullable Throwable failure;
  private volatile boolean closed;

  public GroupCommit(String name, Alone alone, Commit<W> commit) {
    this.alone = alone;
    this.commit = commit;
    committer = Thread.ofPlatform().daemon().name(name).start(this::commitUntilClosed);
  }

  /**
   * Returns once the wish is committed.
   *
   * @throws IllegalStateException if a commit failed, this one or one before
   */
  public void submit(W wish) {
    boolean first = callers.getAndIncrement() == 0;
    try {
      if (first && alone == Alone.COMMITS && !Thread.currentThread().isVirtual()) {
        commit(List.of(wish));
      } else {
        handOver(new Node<>(wish));
      }
    } finally {
      callers.getAndDecrement();
    }
    Throwable failed = failure;
    if (failed != null) {
      throw new IllegalStateException("commit failed: " + failed, failed);
    }
  }

  private void handOver(Node<W> node) {
    Node<W> before;
    do {
      before = newest.get();
      node.next = before;
    } while (!newest.compareAndSet(before, node));
    if (before == null) {
      // Only the first of a group can find the committer asleep.
      LockSupport.unpark(committer);
    }
    while (!node.done) {
      LockSupport.park(this);
    }
  }

  /** Ends the committer. No caller may be waiting. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(committer);
    try {
      committer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void commitUntilClosed() {
    while (!closed) {
      Node<W> taken = newest.getAndSet(null);
      if (taken == null) {
        LockSupport.park(this);
      } else {
        commitGroup(oldestFirst(taken));
      }
    }
  }

  private static <W> Node<W> oldestFirst(Node<W> newest) {
    Node<W> reversed = null;
    Node<W> node = newest;
    while (node != null) {
      Node<W> next = node.next;
      node.next = reversed;
      reversed = node;
      node = next;
    }
    return requireNonNull(reversed);
  }

  private void commit(Iterable<W> group) {
    committing.lock();
    try {
      if (failure == null) {
        commit.commit(group);
      }
    } catch (Throwable e) {
      // Whatever it is, an error of a native library too: callers wait for an answer.
      failure = e;
    } finally {
      committing.unlock();
    }
  }

  private void commitGroup(Node<W> oldest) {
    commit(() -> wishes(oldest));
    Node<W> node = oldest;
    while (node != null) {
      // Read before the caller runs on: from then on the node is garbage.
      Node<W> next = node.next;
      Thread caller = node.caller;
      node.done = true;
      LockSupport.unpark(caller);
      node = next;
    }
  }

  private static <W> Iterator<W> wishes(Node<W> oldest) {
    return new Iterator<>() {
      private @Nullable Node<W> node = oldest;

      @Override
      public boolean hasNext() {
        return node != null;
      }

      @Override
      public W next() {
        Node<W> current = node;
        if (current == null) {
          throw new NoSuchElementException();
        }
        node = current.next;
        return current.wish;
      }
    };
  }
}
