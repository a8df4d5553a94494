package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.Output;
import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskFile;
import dev.espora.db.disk.SharedMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The block of memory that all processes share which have a partition open. It is a file so that
 * they can map it, and a witness: what it says about the durable position was true when it was
 * written, however old the copy on disk is.
 *
 * <pre>
 *   0  ESPORA C 1
 *   8  long  log        the identity of the partition's log
 *  16  long  session    of the database, when the partition was last recovered; 0 while it is
 *  24  long  lock       identity of the lock file
 *  32  long  openers    processes that have the partition open; those that were killed are not subtracted
 *  40  long  clean      1 if nothing lies behind the end, since every process left in order
 *  48  long  snapshot   position of the newest snapshot
 *  56  long  first      where the log begins: what is before it was released
 *  64  long  end        where the log ends for readers
 * 128  long  durable    up to where the log is known durable
 * 192  long  holder     process that holds the lock, 0 if none
 * 200  long  ~first     again, inverted, since segments before it are deleted
 * 208  long  last       base of the segment that is written
 * 216  …     zeros
 * 4088 long  seal       while nobody has it open: 1 and the CRC32C of everything before; else 0
 * 4096
 * </pre>
 */
final class Control implements AutoCloseable {
  static final int BYTES = 4096;

  private static final int LOG = 8;
  private static final int SESSION = 16;
  private static final int LOCK = 24;
  private static final int OPENERS = 32;
  private static final int CLEAN = 40;
  private static final int SNAPSHOT = 48;
  private static final int FIRST = 56;
  private static final int END = 64;
  private static final int DURABLE = 128;
  private static final int HOLDER = 192;
  private static final int FIRST_INVERTED = 200;
  private static final int LAST = 208;

  private final SharedMemory memory;

  private Control(SharedMemory memory) {
    this.memory = memory;
  }

  /** Writes the file of a new partition. */
  static void create(Disk disk, Path file, long log, LogRange range) throws IOException {
    try (DiskFile open = disk.create(file)) {
      Output out = new Output(BYTES);
      FileKind.CONTROL.write(out);
      out.writeLong(log);
      out.reserve(BYTES - out.size());
      out.setLong(END, range.end());
      out.setLong(DURABLE, range.end());
      out.setLong(FIRST, range.first());
      out.setLong(FIRST_INVERTED, ~range.first());
      open.write(out.array(), 0, BYTES, 0);
      open.sync();
    }
  }

  static Control open(Disk disk, Path file, long log) throws IOException {
    byte[] start = Storage.readAll(disk, file, BYTES);
    FileKind.CONTROL.check(start, file);
    if (start.length != BYTES) {
      throw new DatabaseException.Corrupt(
          file, start.length, "it has " + start.length + " bytes instead of " + BYTES);
    }
    Seal.check(start, file);
    if (new Input(start, LOG, Long.BYTES).readLong() != log) {
      throw new DatabaseException.Corrupt(file, LOG, "it belongs to another partition");
    }
    return new Control(disk.map(file, BYTES));
  }

  /**
   * What of a block, in words, changes when the partition is opened, closed or compacted, and not
   * with each batch.
   */
  static String stage(byte[] block) {
    if (block.length < BYTES) {
      return "cut short";
    }
    return Arrays.toString(
        Arrays.stream(new int[] {SESSION, OPENERS, CLEAN, SNAPSHOT, FIRST, FIRST_INVERTED})
            .mapToLong(word -> new Input(block, word, 8).readLong())
            .toArray());
  }

  long session() {
    return memory.get(SESSION);
  }

  void setSession(long session) {
    memory.set(SESSION, session);
  }

  long lock() {
    return memory.get(LOCK);
  }

  void setLock(long identity) {
    memory.set(LOCK, identity);
  }

  long openers() {
    return memory.get(OPENERS);
  }

  void setOpeners(long count) {
    memory.set(OPENERS, count);
  }

  boolean isClean() {
    return memory.get(CLEAN) == 1;
  }

  /**
   * From now on words change: what is sealed would not be what is there. On disk before it returns.
   */
  void unseal() {
    if (Seal.isOn(memory)) {
      Seal.lift(memory);
      memory.force();
    }
  }

  boolean isSealed() {
    return Seal.isOn(memory);
  }

  /** From now on something may lie behind the end. On disk before it returns. */
  void setDirty() {
    unseal();
    if (memory.get(CLEAN) != 0) {
      memory.set(CLEAN, 0);
      memory.force();
    }
  }

  /** The last process leaves in order. On disk before it returns. */
  void seal() {
    memory.set(CLEAN, 1);
    memory.force(); // the seal must not reach the disk before what it seals
    Seal.put(memory);
    memory.force();
  }

  /** Where the log begins. Of two different statements the older is safe. */
  long first() {
    return Math.min(memory.get(FIRST), ~memory.get(FIRST_INVERTED));
  }

  /** Moves forwards only. On disk before it returns. */
  void raiseFirst(long position) {
    if (first() < position) {
      raise(FIRST, position);
      long known = memory.get(FIRST_INVERTED);
      while (~known < position && !memory.compareAndSet(FIRST_INVERTED, known, ~position)) {
        known = memory.get(FIRST_INVERTED);
      }
      memory.force();
    }
  }

  /** Other processes may do the same at this moment, with other positions. */
  private void raise(int word, long position) {
    long known = memory.get(word);
    while (known < position && !memory.compareAndSet(word, known, position)) {
      known = memory.get(word);
    }
  }

  long snapshot() {
    return memory.get(SNAPSHOT);
  }

  /** Moves forwards only. */
  void raiseSnapshot(long position) {
    raise(SNAPSHOT, position);
  }

  /** For recovery, which has found out. */
  void setSnapshot(long position) {
    memory.set(SNAPSHOT, position);
  }

  long end() {
    return memory.get(END);
  }

  void setEnd(long position) {
    memory.set(END, position);
  }

  long durable() {
    return memory.get(DURABLE);
  }

  /** Moves forwards only: syncs may end in any order. */
  void raiseDurable(long position) {
    raise(DURABLE, position);
  }

  /** For recovery, which has found out. */
  void setDurable(long position) {
    memory.set(DURABLE, position);
  }

  long holder() {
    return memory.get(HOLDER);
  }

  void setHolder(long process) {
    memory.set(HOLDER, process);
  }

  /** The base of the segment that is written. */
  long last() {
    return memory.get(LAST);
  }

  void setLast(long base) {
    memory.set(LAST, base);
  }

  void force() {
    memory.force();
  }

  @Override
  public void close() {
    memory.close();
  }
}
