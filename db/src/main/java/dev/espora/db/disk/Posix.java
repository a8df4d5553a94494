package dev.espora.db.disk;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The system calls of Linux that Java lacks or spoils: {@code flock}, and file I/O that an
 * interrupt of the calling thread cannot close.
 */
final class Posix {
  static final int LOCK_SHARED = 1;
  static final int LOCK_EXCLUSIVE = 2;
  static final int LOCK_NO_WAIT = 4;
  static final int LOCK_RELEASE = 8;

  static final int O_READ_ONLY = 0;
  static final int O_READ_WRITE = 2;
  static final int O_CREATE_NEW = 0x40 | 0x80;

  private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");
  private static final int O_CLOSE_ON_EXEC = 0x80000;
  private static final int O_NO_FOLLOW = ARM ? 0x8000 : 0x20000;

  private static final int ENOENT = 2;
  private static final int EINTR = 4;
  private static final int EAGAIN = 11;
  private static final int EACCES = 13;
  private static final int EEXIST = 17;
  private static final int ENFILE = 23;
  private static final int EMFILE = 24;
  private static final int ENOSPC = 28;
  private static final int EROFS = 30;
  private static final int ELOOP = 40;
  private static final int EDQUOT = 122;
  private static final int SEEK_END = 2;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CAPTURE.varHandle(StructLayout.PathElement.groupElement("errno"));

  private static final MethodHandle OPEN =
      call(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle CLOSE =
      call("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle PREAD =
      call("pread", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle PWRITE =
      call("pwrite", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle LSEEK =
      call("lseek", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
  private static final MethodHandle FDATASYNC =
      call("fdatasync", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle FSYNC =
      call("fsync", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle FLOCK =
      call("flock", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle RENAME =
      call("rename", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle FCHMOD =
      call("fchmod", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

  private static final ConcurrentLinkedQueue<Scratch> SCRATCH = new ConcurrentLinkedQueue<>();

  private Posix() {}

  /** Memory for one call at a time: where errno goes, and a buffer outside of the heap. */
  private static final class Scratch {
    /** What one call moves at most; longer reads and writes take several. */
    private static final int BYTES = 1 << 17;

    final MemorySegment capture;
    final MemorySegment buffer;

    private Scratch() {
      Arena arena = Arena.ofAuto();
      capture = arena.allocate(CAPTURE);
      buffer = arena.allocate(BYTES, 8);
    }

    static Scratch take() {
      Scratch scratch = SCRATCH.poll();
      return scratch == null ? new Scratch() : scratch;
    }

    void giveBack() {
      SCRATCH.offer(this);
    }

    int errno() {
      return (int) ERRNO.get(capture, 0L);
    }
  }

  @SuppressWarnings("restricted") // native access is what this class is for
  private static MethodHandle call(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    Linker.Option[] all = new Linker.Option[options.length + 1];
    System.arraycopy(options, 0, all, 0, options.length);
    all[options.length] = Linker.Option.captureCallState("errno");
    return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), descriptor, all);
  }

  static int open(Path file, int flags) throws IOException {
    Scratch scratch = Scratch.take();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom(file.toString());
      while (true) {
        int descriptor =
            (int)
                OPEN.invokeExact(
                    scratch.capture, path, flags | O_CLOSE_ON_EXEC | O_NO_FOLLOW, 0600);
        if (descriptor >= 0) {
          return descriptor;
        }
        if (scratch.errno() != EINTR) {
          throw failed("open", file, scratch.errno());
        }
      }
    } catch (Throwable e) {
      throw rethrow(e);
    } finally {
      scratch.giveBack();
    }
  }

  static void rename(Path from, Path to) throws IOException {
    Scratch scratch = Scratch.take();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment source = arena.allocateFrom(from.toString());
      MemorySegment target = arena.allocateFrom(to.toString());
      check((int) RENAME.invokeExact(scratch.capture, source, target), "rename", from, scratch);
    } catch (Throwable e) {
      throw rethrow(e);
    } finally {
      scratch.giveBack();
    }
  }

  /** The mode is exact afterwards, whatever the umask took away. */
  static void makePrivate(int descriptor, Path file) throws IOException {
    Scratch scratch = Scratch.take();
    try {
      check((int) FCHMOD.invokeExact(scratch.capture, descriptor, 0600), "fchmod", file, scratch);
    } catch (Throwable e) {
      throw rethrow(e);
    } finally {
      scratch.giveBack();
    }
  }

  static void close(int descriptor) {
    Scratch scratch = Scratch.take();
    try {
      int ignored = (int) CLOSE.invokeExact(scratch.capture, descriptor);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    } finally {
      scratch.giveBack();
    }
  }

  static long size(int descriptor, Path file) throws IOException {
    Scratch scratch = Scratch.take();
    try {
      long size = (long) LSEEK.invokeExact(scratch.capture, descriptor, 0L, SEEK_END);
      if (size < 0) {
        throw failed("lseek", file, scratch.errno());
      }
      return size;
    } catch (Throwable e) {
      throw rethrow(e);
    } finally {
      scratch.giveBack();
    }
  }

  static int read(int descriptor, Path file, byte[] target, int offset, int length, long position)
      throws IOException {
    Scratch scratch = Scratch.take();
    try {
      int done = 0;
      while (done < length) {
        long count =
            (long)
                PREAD.invokeExact(
                    scratch.capture,
                    descriptor,
                    scratch.buffer,
                    (long) Math.min(length - done, Scratch.BYTES),
                    position + done);
        if (count > 0) {
          MemorySegment.copy(
              scratch.buffer, ValueLayout.JAVA_BYTE, 0, target, offset + done, (int) count);
          done += (int) count;
        } else if (count == 0) {
          break;
        } else if (scratch.errno() != EINTR) {
          throw failed("pread at byte " + (position + done), file, scratch.errno());
        }
      }
      return done;
    } catch (Throwable e) {
      throw rethrow(e);
    } finally {
      scratch.giveBack();
    }
  }

  static void write(int descriptor, Path file, byte[] source, int offset, int length, long position)
      throws IOException {
    Scratch scratch = Scratch.take();
    try {
      int done = 0;
      while (done < length) {
        int part = Math.min(length - done, Scratch.BYTES);
        MemorySegment.copy(source, offset + done, scratch.buffer, ValueLayout.JAVA_BYTE, 0, part);
        long count =
            (long)
                PWRITE.invokeExact(
                    scratch.capture, descriptor, scratch.buffer, (long) part, position + done);
        if (count > 0) {
          done += (int) count; // a short write goes on where it stopped
        } else if (count == 0 || scratch.errno() != EINTR) {
          throw failed("pwrite at byte " + (position + done), file, scratch.errno());
        }
      }
    } catch (Throwable e) {
      throw rethrow(e);
    } finally {
      scratch.giveBack();
    }
  }

  static void dataSync(int descriptor, Path file) throws IOException {
    Scratch scratch = Scratch.take();
    try {
      check((int) FDATASYNC.invokeExact(scratch.capture, descriptor), "fdatasync", file, scratch);
    } catch (Throwable e) {
      throw rethrow(e);
    } finally {
      scratch.giveBack();
    }
  }

  static void sync(int descriptor, Path file) throws IOException {
    Scratch scratch = Scratch.take();
    try {
      check((int) FSYNC.invokeExact(scratch.capture, descriptor), "fsync", file, scratch);
    } catch (Throwable e) {
      throw rethrow(e);
    } finally {
      scratch.giveBack();
    }
  }

  /** Returns false where the operation has {@link #LOCK_NO_WAIT} and would have to wait. */
  static boolean lock(int descriptor, Path file, int operation) throws IOException {
    Scratch scratch = Scratch.take();
    try {
      while (true) {
        int result = (int) FLOCK.invokeExact(scratch.capture, descriptor, operation);
        if (result == 0) {
          return true;
        }
        if (scratch.errno() == EAGAIN) {
          return false;
        }
        if (scratch.errno() != EINTR) {
          throw failed("flock", file, scratch.errno());
        }
      }
    } catch (Throwable e) {
      throw rethrow(e);
    } finally {
      scratch.giveBack();
    }
  }

  private static void check(int result, String call, Path file, Scratch scratch)
      throws IOException {
    if (result != 0) {
      throw failed(call, file, scratch.errno());
    }
  }

  private static IOException failed(String call, Path file, int errno) {
    return switch (errno) {
      case ENOENT -> new NoSuchFileException(file.toString());
      case EEXIST -> new FileAlreadyExistsException(file.toString());
      case ENOSPC, EDQUOT ->
          new DiskException(DiskException.Reason.EXHAUSTED, "no space left for " + file);
      case EMFILE, ENFILE ->
          new DiskException(
              DiskException.Reason.EXHAUSTED, "no file descriptors left to open " + file);
      case EACCES, EROFS ->
          new DiskException(DiskException.Reason.DENIED, "no permission to write " + file);
      case ELOOP ->
          new DiskException(
              DiskException.Reason.DENIED, file + " is a symbolic link, which is not followed");
      default ->
          new DiskException(
              DiskException.Reason.FAILED, call + " of " + file + " failed with errno " + errno);
    };
  }

  private static IOException rethrow(Throwable e) throws IOException {
    switch (e) {
      case IOException io -> throw io;
      case RuntimeException runtime -> throw runtime;
      case Error error -> throw error;
      default -> throw new IllegalStateException(e);
    }
  }
}
