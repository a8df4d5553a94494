package dev.espora.bench;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The floor: group commit and nothing else. Callers push a record onto a stack; one thread takes
 * the whole stack, writes it with one positional write, syncs once, wakes the callers. No format,
 * no checksum, no state, no lock between processes. What an engine adds is measured against this.
 */
final class FloorLog implements AppendLog {

  /** A record in the queue. Virtual and platform callers park on it alike. */
  private static final class Node {
    final byte[] payload;
    final Thread caller = Thread.currentThread();
    @Nullable Node next;
    volatile boolean done;

    Node(byte[] payload) {
      this.payload = payload;
    }
  }

  private final PreallocatedFile file;
  private final AtomicReference<@Nullable Node> newest = new AtomicReference<>();
  private final ByteBuffer batch = ByteBuffer.allocateDirect(1 << 20);
  private final byte[] payload = AppendLog.payload(RECORD_BYTES);
  private final Thread committer;
  private volatile @Nullable RuntimeException failure;
  private volatile boolean closed;

  private final AtomicLong syncs = new AtomicLong();

  FloorLog(Path path) {
    file = new PreallocatedFile(path);
    committer = Thread.ofPlatform().name("floor-committer").start(this::commitUntilClosed);
  }

  @Override
  public void append() {
    Node node = new Node(payload);
    Node before;
    do {
      before = newest.get();
      node.next = before;
    } while (!newest.compareAndSet(before, node));
    if (before == null) {
      // Only the first of a batch can find the committer asleep.
      LockSupport.unpark(committer);
    }
    while (!node.done) {
      LockSupport.park(this);
    }
    RuntimeException failed = failure;
    if (failed != null) {
      throw failed;
    }
  }

  @Override
  public long syncsDuring(Runnable work) {
    long before = syncs.get();
    work.run();
    return syncs.get() - before;
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(committer);
    try {
      committer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    file.close();
  }

  private void commitUntilClosed() {
    while (!closed) {
      Node taken = newest.getAndSet(null);
      if (taken == null) {
        LockSupport.park(this);
      } else {
        commit(oldestFirst(taken));
      }
    }
  }

  private static Node oldestFirst(Node newest) {
    Node reversed = null;
    Node node = newest;
    while (node != null) {
      Node next = node.next;
      node.next = reversed;
      reversed = node;
      node = next;
    }
    return requireNonNull(reversed);
  }

  private void commit(Node oldest) {
    try {
      batch.clear();
      for (Node node = oldest; node != null; node = node.next) {
        batch.put(node.payload);
      }
      file.writeAndSync(batch.flip());
      syncs.incrementAndGet();
    } catch (RuntimeException e) {
      failure = e;
    }
    Node node = oldest;
    while (node != null) {
      // Read before the caller runs on: from then on the node is garbage.
      Node next = node.next;
      Thread caller = node.caller;
      node.done = true;
      LockSupport.unpark(caller);
      node = next;
    }
  }
}
