package dev.espora.bench;

import dev.espora.bench.peers.GroupCommit;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The floor: group commit and nothing else. What callers wait for is written with one positional
 * write and synced once. No format, no checksum, no state, no lock between processes. What an
 * engine adds is measured against this.
 */
final class FloorLog implements AppendLog {
  private final PreallocatedFile file;
  private final ByteBuffer batch = ByteBuffer.allocateDirect(1 << 20);
  private final byte[] payload = AppendLog.payload(RECORD_BYTES);
  private final AtomicLong syncs = new AtomicLong();
  private final GroupCommit<byte[]> commits;

  FloorLog(Path path) {
    file = new PreallocatedFile(path);
    commits = new GroupCommit<>("floor-committer", GroupCommit.Alone.HANDS_OVER, this::commit);
  }

  @Override
  public void append() {
    append(payload);
  }

  /** Appends a record of any length and returns once it is synced. */
  void append(byte[] record) {
    commits.submit(record);
  }

  @Override
  public long syncsDuring(Runnable work) {
    long before = syncs.get();
    work.run();
    return syncs.get() - before;
  }

  @Override
  public void close() {
    commits.close();
    file.close();
  }

  private void commit(Iterable<byte[]> records) {
    batch.clear();
    for (byte[] record : records) {
      batch.put(record);
    }
    file.writeAndSync(batch.flip());
    syncs.incrementAndGet();
  }
}
