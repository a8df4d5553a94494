package dev.espora.testkit.disk;

import dev.espora.db.disk.SharedMemory;
import dev.espora.testkit.disk.Operation.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * Memory that processes share. A process without a disk changes nothing any more, and is not told:
 * memory cannot fail.
 */
record SimulatedMemory(SimulatedDisk disk, SimulatedProcess process, FileBytes bytes, Path path)
    implements SharedMemory {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  @Override
  public long get(int offset) {
    synchronized (disk) {
      byte[] word = new byte[Long.BYTES];
      bytes.read(word, 0, word.length, offset);
      return (long) WORD.get(word, 0);
    }
  }

  @Override
  public void set(int offset, long value) {
    try {
      var _ = disk.admit(process, Kind.SET, path);
      synchronized (disk) {
        disk.check(process);
        put(offset, value);
      }
    } catch (IOException e) {
      // the power is cut
    }
  }

  private void put(int offset, long value) {
    byte[] word = new byte[Long.BYTES];
    WORD.set(word, 0, value);
    bytes.write(word, 0, word.length, offset);
  }

  @Override
  public boolean compareAndSet(int offset, long expected, long value) {
    try {
      var _ = disk.admit(process, Kind.SET, path);
      synchronized (disk) {
        disk.check(process);
        if (get(offset) != expected) {
          return false;
        }
        put(offset, value);
        return true;
      }
    } catch (IOException e) {
      return true; // the power is cut, and whoever tries again and again is to end
    }
  }

  @Override
  public void force() {
    try {
      Faults.Outcome outcome = disk.admit(process, Kind.FORCE, path);
      synchronized (disk) {
        disk.check(process);
        if (outcome != Faults.Outcome.PROCEED) {
          bytes.forget();
          throw new UncheckedIOException(SimulatedDisk.failure(outcome, Kind.FORCE, path));
        }
        bytes.sync();
      }
    } catch (PowerCut e) {
      // what comes next will fail
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {}
}
