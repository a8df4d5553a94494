package dev.espora.db.file;

import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskFile;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The disk of this machine, where a test has a look at each write and sync of a log, or fails it.
 */
final class WatchedDisk {
  private static final Watch NOTHING = new Watch() {};

  private final Disk real = Disk.local();
  private final List<String> names = Collections.synchronizedList(new ArrayList<>());
  private volatile Watch watch = NOTHING;

  /** Called instead of the operation, which by default takes place. */
  interface Watch {

    /** A batch is written. */
    default void write(DiskFile log, byte[] source, int offset, int length, long position)
        throws IOException {
      log.write(source, offset, length, position);
    }

    /** What was written is made durable. */
    default void sync(DiskFile log) throws IOException {
      log.sync();
    }
  }

  /** From now on this one watches; its exceptions are the disk's. */
  void watch(Watch next) {
    watch = next;
  }

  void watchNothing() {
    watch = NOTHING;
  }

  /**
   * What was done to names in directories, in its order: the operation, and the name it leads to.
   */
  List<String> names() {
    return names;
  }

  Disk disk() {
    return (Disk)
        Proxy.newProxyInstance(
            Disk.class.getClassLoader(),
            new Class<?>[] {Disk.class},
            (_, method, arguments) -> {
              try {
                Object result = method.invoke(real, arguments);
                if (method.getName().equals("rename") || method.getName().equals("syncDirectory")) {
                  names.add(method.getName() + " " + arguments[arguments.length - 1]);
                }
                return result instanceof DiskFile file
                        && arguments[0] instanceof Path path
                        && path.toString().endsWith(Segments.SUFFIX)
                    ? new Watched(file)
                    : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private final class Watched implements DiskFile {
    private final DiskFile file;

    private Watched(DiskFile file) {
      this.file = file;
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
      watch.write(file, source, offset, length, position);
    }

    @Override
    public void sync() throws IOException {
      watch.sync(file);
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
