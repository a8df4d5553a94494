package dev.espora.db;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Commands waiting for their partition: any thread adds, the one that commits takes all at once. A
 * stack whose links are turned round on taking, so that adding costs one compare-and-set.
 */
final class CommandQueue<C, R> {
  private static final VarHandle TOP;

  static {
    try {
      TOP = MethodHandles.lookup().findVarHandle(CommandQueue.class, "top", Pending.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final int limit;
  private volatile @Nullable Pending<C, R> top;

  CommandQueue(int limit) {
    this.limit = limit;
  }

  boolean isEmpty() {
    return top == null;
  }

  /** How many commands are in the queue. */
  int size() {
    Pending<C, R> first = top;
    return first == null ? 0 : first.depth;
  }

  /** Adds a command unless the queue is full, and says whether it did. */
  boolean offer(Pending<C, R> pending) {
    while (true) {
      Pending<C, R> first = top;
      int depth = first == null ? 1 : first.depth + 1;
      if (depth > limit) {
        return false;
      }
      pending.next = first;
      pending.depth = depth;
      if (TOP.compareAndSet(this, first, pending)) {
        return true;
      }
    }
  }

  /** Adds commands that stay together, oldest first, unless they would be too many. */
  boolean offerAll(List<Pending<C, R>> together) {
    while (true) {
      Pending<C, R> first = top;
      Pending<C, R> last = first;
      int depth = first == null ? 0 : first.depth;
      if (depth + together.size() > limit) {
        return false;
      }
      for (Pending<C, R> each : together) {
        each.next = last;
        each.depth = ++depth;
        last = each;
      }
      if (TOP.compareAndSet(this, first, last)) {
        return true;
      }
    }
  }

  /** Takes everything, oldest first, linked by {@link Pending#next}. */
  @Nullable Pending<C, R> takeAll() {
    Pending<C, R> newest = swap();
    Pending<C, R> oldest = null;
    while (newest != null) {
      Pending<C, R> older = newest.next;
      newest.next = oldest;
      oldest = newest;
      newest = older;
    }
    return oldest;
  }

  @SuppressWarnings("unchecked")
  private @Nullable Pending<C, R> swap() {
    return (Pending<C, R>) TOP.getAndSet(this, null);
  }

  /** The command added last, and linked behind it those before; null if there is none. */
  @Nullable Pending<C, R> newest() {
    return top;
  }

  /**
   * Gives up every command of a chain that nobody has taken; the entries stay until they are taken.
   */
  static <C, R> void giveUpAll(
      @Nullable Pending<C, R> first,
      Supplier<? extends RuntimeException> reason,
      Consumer<Pending<C, R>> then) {
    for (Pending<C, R> each = first; each != null; each = each.next) {
      if (each.giveUp(reason)) {
        then.accept(each);
      }
    }
  }
}
