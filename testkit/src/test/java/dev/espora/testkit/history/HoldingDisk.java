package dev.espora.testkit.history;

import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskFile;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * The disk of this machine, which on demand holds up the next batch of a partition at a point of
 * its way, when its process has the partition's lock.
 */
final class HoldingDisk {
  /** Batches of these tests are shorter, and whatever else is written to a log is longer. */
  private static final int MOST_BATCH_BYTES = 4096;

  /** Where a batch is held up. */
  enum Point {
    BEFORE_WRITE,
    BEFORE_SYNC,
    AFTER_SYNC
  }

  /**
   * What is to be held up.
   *
   * @param holding told when it is
   */
  private record Order(String partition, Point point, Runnable holding, CountDownLatch release) {}

  private final Disk real = Disk.local();
  private volatile @Nullable Order order;
  private volatile CountDownLatch released = new CountDownLatch(0);

  /** Holds up one batch until {@link #release}. */
  void hold(String partition, Point point, Runnable holding) {
    released = new CountDownLatch(1);
    order = new Order(partition, point, holding, released);
  }

  void release() {
    order = null;
    released.countDown();
  }

  Disk disk() {
    return (Disk)
        Proxy.newProxyInstance(
            Disk.class.getClassLoader(),
            new Class<?>[] {Disk.class},
            (_, method, arguments) -> {
              Object result = invoke(() -> method.invoke(real, arguments));
              return result instanceof DiskFile file && arguments[0] instanceof Path path
                  ? new Held(
                      file, Objects.requireNonNull(path.getParent()).getFileName().toString())
                  : result;
            });
  }

  /** A call by reflection. */
  private interface Call {
    Object invoke() throws ReflectiveOperationException;
  }

  private static Object invoke(Call call) throws Throwable {
    try {
      return call.invoke();
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private void at(Point point, String partition) {
    Order now = order;
    if (now != null && now.point == point && now.partition.equals(partition)) {
      order = null;
      now.holding.run();
      try {
        now.release.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private final class Held implements DiskFile {
    private final DiskFile file;
    private final String partition;
    private volatile boolean batchWritten;

    private Held(DiskFile file, String partition) {
      this.file = file;
      this.partition = partition;
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public int read(byte[] target, int offset, int length, long position) throws IOException {
      return file.read(target, offset, length, position);
    }

    @Override
    public void write(byte[] source, int offset, int length, long position) throws IOException {
      boolean isBatch = position > 0 && length < MOST_BATCH_BYTES;
      if (isBatch) {
        at(Point.BEFORE_WRITE, partition);
      }
      file.write(source, offset, length, position);
      if (isBatch) {
        at(Point.BEFORE_SYNC, partition);
        batchWritten = true;
      }
    }

    @Override
    public void sync() throws IOException {
      file.sync();
      if (batchWritten) {
        at(Point.AFTER_SYNC, partition);
      }
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
