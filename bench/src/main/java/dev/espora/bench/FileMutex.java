package dev.espora.bench;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * An exclusive lock on a file, held by one process. Its threads take turns by a lock of their own.
 */
interface FileMutex extends AutoCloseable {

  void lock();

  void unlock();

  @Override
  void close();

  /** The lock of {@code flock(2)}. */
  final class Flock implements FileMutex {
    private static final int EXCLUSIVE = 2;
    private static final int RELEASE = 8;
    private static final int READ_WRITE = 2;

    private static final MethodHandle OPEN =
        call("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle FLOCK =
        call("flock", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle CLOSE =
        call("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private final int descriptor;

    Flock(Path existing) {
      try (Arena arena = Arena.ofConfined()) {
        descriptor = (int) OPEN.invokeExact(arena.allocateFrom(existing.toString()), READ_WRITE);
      } catch (Throwable e) {
        throw new IllegalStateException("open failed", e);
      }
      succeeded("open", descriptor);
    }

    @Override
    public void lock() {
      flock(EXCLUSIVE);
    }

    @Override
    public void unlock() {
      flock(RELEASE);
    }

    private void flock(int operation) {
      int result;
      try {
        result = (int) FLOCK.invokeExact(descriptor, operation);
      } catch (Throwable e) {
        throw new IllegalStateException("flock failed", e);
      }
      succeeded("flock", result);
    }

    @Override
    public void close() {
      int result;
      try {
        result = (int) CLOSE.invokeExact(descriptor);
      } catch (Throwable e) {
        throw new IllegalStateException("close failed", e);
      }
      succeeded("close", result);
    }

    private static void succeeded(String call, int result) {
      if (result < 0) {
        throw new IllegalStateException(call + " failed");
      }
    }

    @SuppressWarnings("restricted") // Java has no flock
    private static MethodHandle call(String name, FunctionDescriptor descriptor) {
      Linker linker = Linker.nativeLinker();
      return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), descriptor);
    }
  }

  /**
   * The lock that Java offers: {@link FileChannel#lock()}. It is a POSIX record lock, which belongs
   * to a process, so that the kernel sees a deadlock where two processes wait for each other's
   * files though different threads do. The call is then repeated.
   */
  final class RecordLock implements FileMutex {
    private final FileChannel channel;
    private @Nullable FileLock held;

    RecordLock(Path existing) {
      try {
        channel = FileChannel.open(existing, StandardOpenOption.WRITE);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void lock() {
      while (true) {
        try {
          held = channel.lock();
          return;
        } catch (IOException e) {
          String message = e.getMessage();
          if (message == null || !message.contains("deadlock")) {
            throw new UncheckedIOException(e);
          }
          Thread.onSpinWait();
        }
      }
    }

    @Override
    public void unlock() {
      try {
        if (held != null) {
          held.release();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
