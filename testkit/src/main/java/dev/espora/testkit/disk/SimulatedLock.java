package dev.espora.testkit.disk;

import dev.espora.db.disk.DiskLock;
import java.io.IOException;
import java.time.Duration;

/** A lock as {@code flock} has it: one holder alone, or several together. */
final class SimulatedLock implements DiskLock {
  private final SimulatedDisk disk;
  private final SimulatedProcess process;
  private final Inode.Regular file;

  SimulatedLock(SimulatedDisk disk, SimulatedProcess process, Inode.Regular file) {
    this.disk = disk;
    this.process = process;
    this.file = file;
  }

  boolean isOf(SimulatedProcess other) {
    return process.equals(other);
  }

  /** As the system does it, what was held together is given up before it is asked for alone. */
  @Override
  public boolean tryExclusive() throws IOException {
    synchronized (disk) {
      disk.check(process);
      file.together.remove(this);
      if (isFree()) {
        file.alone = this;
        return true;
      }
      disk.notifyAll();
      return false;
    }
  }

  private boolean isFree() {
    SimulatedLock holder = file.alone;
    return file.together.isEmpty() && (holder == null || holder.equals(this));
  }

  /** Where turns are taken, the wait is for the others' turns and not for any time. */
  @Override
  public boolean tryExclusive(Duration atMost) throws IOException {
    Turns turns = process.turns();
    if (turns == null) {
      return DiskLock.super.tryExclusive(atMost);
    }
    exclusive();
    return true;
  }

  @Override
  public void exclusive() throws IOException {
    while (!tryExclusive()) {
      awaitFree();
    }
  }

  private void awaitFree() throws IOException {
    Turns turns = process.turns();
    if (turns != null) {
      turns.await(process, this::isFreeNow);
      return;
    }
    boolean interrupted = false;
    synchronized (disk) {
      while (!isFree()) {
        disk.check(process);
        try {
          disk.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isFreeNow() {
    synchronized (disk) {
      return isFree() || process.isKilled() || disk.isCut();
    }
  }

  @Override
  public boolean tryShared() throws IOException {
    synchronized (disk) {
      disk.check(process);
      SimulatedLock holder = file.alone;
      if (holder != null && !holder.equals(this)) {
        return false;
      }
      file.alone = null;
      file.together.add(this);
      disk.notifyAll();
      return true;
    }
  }

  @Override
  public void release() throws IOException {
    free();
  }

  void free() {
    synchronized (disk) {
      if (this.equals(file.alone)) {
        file.alone = null;
      }
      file.together.remove(this);
      disk.notifyAll();
    }
  }

  @Override
  public void close() {
    synchronized (disk) {
      free();
      disk.closed(this);
    }
  }
}
