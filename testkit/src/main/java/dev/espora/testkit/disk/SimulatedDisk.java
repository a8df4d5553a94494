package dev.espora.testkit.disk;

import dev.espora.db.Medium;
import dev.espora.db.disk.DiskException;
import dev.espora.testkit.disk.Operation.Kind;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A disk in memory, for databases in tests: {@code Database.open(disk.medium(), options)}.
 *
 * <p>It keeps what processes see apart from what is durable: the bytes of each file in sectors of
 * 512 bytes, the entries of each directory one by one. A sync makes a file durable, a sync of a
 * directory its entries. A power cut leaves what was durable, and of the rest what a {@link Loss}
 * says: nothing, everything, some of it in any order, torn sectors. Memory that processes share is
 * a file as well, and may reach the disk at any moment, word by word.
 *
 * <p>Every operation has a number ({@link Operation}). Each that changes something is a crash
 * point: {@link #cutAt} cuts the power just before it. {@link #setFaults} lets any operation, reads
 * included, fail, find no room, write half, or wait. Each opening has locks of its own, as
 * processes do; {@link #process} is one that can be killed while others go on.
 *
 * <p>What is not simulated: permissions, symbolic links, the number of open files, files beyond 2
 * GiB. Safe for use by several threads.
 */
public final class SimulatedDisk {
  /** Where {@link #medium} keeps its database. */
  public static final Path DIRECTORY = Path.of("/data");

  private final Tree tree;
  private final SimulatedProcess anybody = new SimulatedProcess(this, "process", false);
  private final List<SimulatedLock> locks = new ArrayList<>();
  private long identities;
  private long operations;
  private long crashPoints;
  private volatile Faults faults = Faults.NONE;
  private long cutAt = Long.MAX_VALUE;
  private boolean cut;
  private boolean full;

  /** An empty disk. */
  public SimulatedDisk() {
    this(new Inode.Directory(0), 0);
  }

  private SimulatedDisk(Inode.Directory root, long identities) {
    this.tree = new Tree(root);
    this.identities = identities;
  }

  // --- processes

  /**
   * The database in {@link #DIRECTORY}, with the threads that it has on a real disk. It may be
   * opened several times at a time, as if by several processes.
   */
  public Medium medium() {
    return anybody.medium();
  }

  /** As {@link #medium()}, in another directory. */
  public Medium medium(Path directory) {
    return anybody.medium(directory);
  }

  /** What the engine sees of the disk, for its own tests. */
  @SuppressWarnings("exports")
  public dev.espora.db.disk.Disk disk() {
    return anybody.disk();
  }

  /** A process of its own, whose operations come in the same order each time. */
  public SimulatedProcess process(String name) {
    return new SimulatedProcess(this, name, true);
  }

  // --- faults

  /** Cuts the power before the crash point of this number, counted from 0. */
  public synchronized void cutAt(long crashPoint) {
    cutAt = crashPoint;
  }

  /** How many operations there were that change something: so many crash points. */
  public synchronized long crashPoints() {
    return crashPoints;
  }

  /** How many operations there were, of all kinds. */
  public synchronized long operations() {
    return operations;
  }

  /** Cuts the power now. */
  public synchronized void cut() {
    cut = true;
    notifyAll();
  }

  /** Whether the power was cut. */
  public synchronized boolean isCut() {
    return cut;
  }

  /** Decides from now on what becomes of each operation. */
  public void setFaults(Faults faults) {
    this.faults = faults;
  }

  /** From now on no file grows. */
  public synchronized void fill() {
    full = true;
  }

  /** There is room again. */
  public synchronized void makeRoom() {
    full = false;
  }

  // --- what is left

  /** The disk after a power cut and with the power back. This one stays as it is. */
  public synchronized SimulatedDisk afterPowerCut(Loss loss, RandomGenerator random) {
    return new SimulatedDisk(new Inode.Copier().after(tree.root(), loss, random), identities);
  }

  /** As {@link #afterPowerCut(Loss, RandomGenerator)}, whatever the random numbers say is lost. */
  public SimulatedDisk afterPowerCut(RandomGenerator random) {
    return afterPowerCut(Loss.ALL.get(random.nextInt(Loss.ALL.size())), random);
  }

  /**
   * The disk after all processes were killed while the machine went on: everything that was seen,
   * synced or not, but not yet durable by that.
   */
  public synchronized SimulatedDisk afterKill() {
    return new SimulatedDisk(new Inode.Copier().copy(tree.root()), identities);
  }

  // --- what others do to files

  /** All files, sorted within their directories. */
  public synchronized List<Path> files() {
    return tree.files();
  }

  /** Whether there is a file or directory of this name. */
  public synchronized boolean exists(Path path) {
    return tree.find(path) != null;
  }

  /** The bytes of a file, as processes see them. */
  public synchronized byte[] bytes(Path file) throws IOException {
    return tree.regular(file).bytes().toByteArray();
  }

  /** Flips bits of what is seen and what is durable alike, as rot does. */
  public synchronized void flip(Path file, long offset, int mask) throws IOException {
    tree.regular(file).bytes().rot(Math.toIntExact(offset), mask);
  }

  /** Cuts a file short, durably, as somebody's mistake does. */
  public synchronized void cutShort(Path file, int length) throws IOException {
    tree.regular(file).bytes().cutShort(length);
  }

  /** Removes a file, durably, as somebody's mistake does. */
  public synchronized void remove(Path file) throws IOException {
    Inode.Directory directory = tree.directory(Tree.parent(file));
    if (directory.seen.remove(Tree.name(file)) == null) {
      throw new NoSuchFileException(file.toString());
    }
    directory.durable.remove(Tree.name(file));
  }

  // --- for what processes see of it; this disk's own lock is held where a method finds or changes

  /** Counts an operation, and throws what becomes of it unless it is done. */
  void enter(SimulatedProcess process, Kind kind, Path path) throws IOException {
    Faults.Outcome outcome = admit(process, kind, path);
    if (outcome != Faults.Outcome.PROCEED) {
      throw failure(outcome, kind, path);
    }
  }

  /** Counts an operation, and returns what becomes of it. */
  Faults.Outcome admit(SimulatedProcess process, Kind kind, Path path) throws IOException {
    Turns turns = process.turns();
    if (turns != null) {
      if (Thread.currentThread().getName().startsWith("espora-housekeeper")) {
        return Faults.Outcome.PROCEED; // it looks at things now and then and changes nothing
      }
      turns.pass(process);
    }
    Operation operation;
    synchronized (this) {
      check(process);
      if (kind.changes() && crashPoints == cutAt) {
        cut();
        check(process);
      }
      operation = new Operation(operations++, crashPoints, process.name(), kind, path);
      crashPoints += kind.changes() ? 1 : 0;
    }
    Faults.Outcome outcome = faults.before(operation);
    if (kind == Kind.SET && outcome != Faults.Outcome.KILL && outcome != Faults.Outcome.CUT_POWER) {
      return Faults.Outcome.PROCEED; // memory cannot fail
    }
    switch (outcome) {
      case CUT_POWER -> cut();
      case KILL -> process.kill();
      case OUT_OF_MEMORY -> throw new OutOfMemoryError("simulated at operation " + operation);
      case STACK_OVERFLOW -> throw new StackOverflowError("simulated at operation " + operation);
      default -> {
        return outcome;
      }
    }
    check(process);
    return outcome;
  }

  static DiskException failure(Faults.Outcome outcome, Kind kind, Path path) {
    return switch (outcome) {
      case NO_SPACE, SHORT_THEN_NO_SPACE ->
          new DiskException(
              DiskException.Reason.EXHAUSTED, "no space left for " + path + " (simulated)");
      default ->
          new DiskException(
              DiskException.Reason.FAILED, kind + " of " + path + " failed (simulated)");
    };
  }

  /** Throws if the process has no disk any more. */
  synchronized void check(SimulatedProcess process) throws PowerCut {
    if (cut) {
      throw new PowerCut("the power is cut");
    }
    if (process.isKilled()) {
      throw new PowerCut(process + " was killed");
    }
  }

  boolean isFull() {
    return full;
  }

  long newIdentity() {
    return ++identities;
  }

  void opened(SimulatedLock lock) {
    locks.add(lock);
  }

  void closed(SimulatedLock lock) {
    locks.remove(lock);
  }

  void releaseLocks(SimulatedProcess process) {
    locks.stream().filter(lock -> lock.isOf(process)).forEach(SimulatedLock::free);
  }

  Tree tree() {
    return tree;
  }

  @Override
  public synchronized String toString() {
    return "simulated disk of "
        + files().size()
        + " files after "
        + operations
        + " operations, "
        + crashPoints
        + " crash points";
  }
}
