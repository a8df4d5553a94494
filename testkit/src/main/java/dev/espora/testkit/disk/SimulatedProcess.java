package dev.espora.testkit.disk;

import dev.espora.db.Medium;
import dev.espora.db.disk.Disk;
import dev.espora.db.file.FileMedium;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A process that uses a {@link SimulatedDisk}: its locks are its own, and it can be killed while
 * others go on.
 *
 * <p>What a database does in the background where nobody waits for it, preparing the next segment
 * of a log, is done at once here, by the thread that asks for it: the same calls make the same
 * operations in the same order, as far as one thread at a time calls. Interval syncs do not take
 * place at all.
 */
public final class SimulatedProcess {
  private final SimulatedDisk disk;
  private final String name;
  private final boolean inTurn;
  private volatile boolean killed;
  private volatile @Nullable Turns turns;

  SimulatedProcess(SimulatedDisk disk, String name, boolean inTurn) {
    this.disk = disk;
    this.name = name;
    this.inTurn = inTurn;
  }

  /** What it is called in an {@link Operation}. */
  public String name() {
    return name;
  }

  /** The database in {@link SimulatedDisk#DIRECTORY}, as this process opens it. */
  public Medium medium() {
    return medium(SimulatedDisk.DIRECTORY);
  }

  /** The database in a directory, as this process opens it. */
  public Medium medium(Path directory) {
    FileMedium files = new FileMedium(disk(), directory);
    return inTurn ? (options, background) -> files.open(options, new AtOnce(background)) : files;
  }

  /** What the engine sees of the disk, for its own tests. */
  @SuppressWarnings("exports")
  public Disk disk() {
    return new ProcessDisk(disk, this);
  }

  /**
   * Ends it at once: its locks are free, what it wrote is seen by others, and all of its operations
   * fail from now on. Memory cannot fail, so a call that is under way may still return: what it
   * says counts only if {@link #isKilled} says no afterwards.
   */
  public void kill() {
    synchronized (disk) {
      killed = true;
      disk.releaseLocks(this);
      disk.notifyAll();
    }
  }

  /** Whether it was killed. */
  public boolean isKilled() {
    return killed;
  }

  @Nullable Turns turns() {
    return turns;
  }

  void follow(@Nullable Turns schedule) {
    turns = schedule;
  }

  @Override
  public String toString() {
    return name;
  }
}
