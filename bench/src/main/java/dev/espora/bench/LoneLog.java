package dev.espora.bench;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The caller writes and syncs by itself: what one thread gets that hands nothing over. */
final class LoneLog implements AppendLog {
  private final PreallocatedFile file;
  private final byte[] payload = AppendLog.payload(RECORD_BYTES);
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(RECORD_BYTES);
  private long syncs;

  LoneLog(Path path) {
    file = new PreallocatedFile(path);
  }

  @Override
  public void append() {
    buffer.clear().put(payload).flip();
    file.writeAndSync(buffer);
    syncs++;
  }

  @Override
  public long syncsDuring(Runnable work) {
    long before = syncs;
    work.run();
    return syncs - before;
  }

  @Override
  public void close() {
    file.close();
  }
}
