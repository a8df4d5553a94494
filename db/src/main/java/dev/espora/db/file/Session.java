package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import dev.espora.db.Durability;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.Output;
import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskFile;
import dev.espora.db.disk.DiskLock;
import dev.espora.db.disk.SharedMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;

/**
 * What the processes have in common that have a database open at the same time. The first one
 * begins a session, later ones join it, and it ends with the last one; a session that follows
 * recovers each partition before it is used.
 *
 * <p>Whether anybody is alive is told by a lock that each of them shares, which the system frees
 * when a process dies.
 *
 * <pre>
 *   0  ESPORA C 1
 *   8  long  session      random, not 0
 *  16  long  durability   0 sync, -1 none, else the interval in nanoseconds
 *  24  long  poisoned     process whose write or sync failed, 0 if none
 *  32  …     zeros
 * 4088 long  seal         while nobody has it open: 1 and the CRC32C of everything before; else 0
 * 4096
 * </pre>
 */
final class Session implements AutoCloseable {
  static final String CONTROL = "control";
  static final String OPENING = "open.lock";
  static final String ALIVE = "alive.lock";

  private static final int ID = 8;
  private static final int DURABILITY = 16;
  private static final int POISONED = 24;

  private static final Duration PROBE_WAIT = Duration.ofSeconds(1);

  private final SharedMemory memory;
  private final DiskLock alive;
  private final Disk disk;
  private final Path directory;
  private final long id;
  private final long place;

  /** Whether the files that processes meet at are not those any more that this one opened. */
  private volatile boolean replaced;

  private Session(SharedMemory memory, DiskLock alive, Disk disk, Path directory)
      throws IOException {
    this.disk = disk;
    this.memory = memory;
    this.alive = alive;
    this.directory = directory;
    this.id = memory.get(ID);
    this.place = disk.identity(directory.resolve(ALIVE));
  }

  /** Writes the files of a new database. */
  static void create(Disk disk, Path directory) throws IOException {
    Output out = new Output(Control.BYTES);
    FileKind.CONTROL.write(out);
    out.reserve(Control.BYTES - out.size());
    Storage.replace(
        disk, directory.resolve(CONTROL), directory.resolve("control.tmp"), out.toByteArray());
    if (!disk.exists(directory.resolve(ALIVE))) {
      disk.create(directory.resolve(ALIVE)).close();
    }
  }

  /** Begins or joins a session. The caller holds the lock on opening. */
  static Session open(Disk disk, Path directory, Durability durability) throws IOException {
    Path control = directory.resolve(CONTROL);
    byte[] _ = block(disk, control);
    DiskLock alive = disk.lock(directory.resolve(ALIVE));
    try {
      SharedMemory memory = disk.map(control, Control.BYTES);
      long code = code(durability);
      if (alive.tryExclusive()) {
        Seal.lift(memory);
        memory.force();
        memory.set(POISONED, 0);
        memory.set(DURABILITY, code);
        memory.set(ID, new SecureRandom().nextLong() | 1);
        alive.release();
      } else if (memory.get(DURABILITY) != code) {
        throw new DatabaseException.SchemaMismatch(
            directory
                + " is open in another process with another durability than "
                + durability
                + ": use the same");
      }
      if (!alive.tryShared()) {
        throw new DatabaseException.Busy(directory + " is being opened by another process");
      }
      Session session = new Session(memory, alive, disk, directory);
      session.check();
      return session;
    } catch (RuntimeException | Error | IOException e) {
      alive.close();
      throw e;
    }
  }

  /** Takes the lock on opening, waiting for another process that has it, but not for ever. */
  static DiskLock lockOpening(Disk disk, Path directory, Duration atMost) throws IOException {
    DiskLock opening = disk.lock(directory.resolve(OPENING));
    try {
      if (!opening.tryExclusive(atMost)) {
        throw new DatabaseException.Busy(
            directory
                + " is being opened by another process for more than "
                + atMost.toMillis()
                + " ms");
      }
      return opening;
    } catch (RuntimeException | Error | IOException e) {
      opening.close();
      throw e;
    }
  }

  /** Creates the file that the lock on opening is taken on. */
  static void createOpeningLock(Disk disk, Path directory) throws IOException {
    try (DiskFile _ = disk.create(directory.resolve(OPENING))) {
      disk.syncDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      // another process opens the same new directory at this moment; the lock decides
    }
  }

  /**
   * What the control block of a database says.
   *
   * @param id of the session, the last one if none is under way
   * @param durability what its processes promise
   * @param poisonedBy process whose write or sync failed, 0 if none
   */
  record Facts(long id, Durability durability, long poisonedBy) {}

  /** Reads the control block, joining nothing. */
  static Facts facts(Disk disk, Path directory) throws IOException {
    Path control = directory.resolve(CONTROL);
    Input in = new Input(block(disk, control), ID, 24);
    try {
      return new Facts(in.readLong(), durability(in.readLong()), in.readLong());
    } catch (IllegalArgumentException e) {
      throw new DatabaseException.Corrupt(control, DURABILITY, String.valueOf(e.getMessage()));
    }
  }

  /** Reads a block that is whole, so that mapping it does not make its file longer. */
  private static byte[] block(Disk disk, Path control) throws IOException {
    byte[] block = Storage.readAll(disk, control, Control.BYTES);
    FileKind.CONTROL.check(block, control);
    if (block.length != Control.BYTES) {
      throw new DatabaseException.Corrupt(
          control, block.length, "it has " + block.length + " bytes, not " + Control.BYTES);
    }
    Seal.check(block, control);
    return block;
  }

  /**
   * Whether any process has the database open. Asking for that lock could make a process that opens
   * the database at this moment believe in a peer, so it is kept from doing so meanwhile.
   */
  static boolean isAlive(Disk disk, Path directory) throws IOException {
    try (DiskLock opening = disk.lock(directory.resolve(OPENING))) {
      if (!opening.tryExclusive(PROBE_WAIT)) {
        return true; // somebody opens it
      }
      try (DiskLock alive = disk.lock(directory.resolve(ALIVE))) {
        return !alive.tryExclusive();
      }
    } catch (NoSuchFileException e) {
      return false; // nobody can have it open without these files
    }
  }

  private static Durability durability(long code) {
    if (code == 0) {
      return Durability.SYNC;
    }
    return code < 0 ? Durability.NONE : Durability.interval(Duration.ofNanos(code));
  }

  private static long code(Durability durability) {
    return switch (durability.mode()) {
      case SYNC, SYNC_EACH -> 0;
      case NONE -> -1;
      case INTERVAL -> durability.period().toNanos();
    };
  }

  /** Tells this session from any other of the same database. */
  long id() {
    return id;
  }

  /**
   * After this no process accepts or acknowledges anything until all of them have closed the
   * database.
   */
  void poison() {
    memory.set(POISONED, ProcessHandle.current().pid());
  }

  boolean isPoisoned() {
    return memory.get(POISONED) != 0 || isReplaced();
  }

  /**
   * @throws DatabaseException.Poisoned if a write or sync failed, in whatever process, or this one
   *     is not in the session any more
   */
  void check() {
    long process = memory.get(POISONED);
    if (process != 0) {
      throw new DatabaseException.Poisoned(
          "a write or sync of process "
              + process
              + " failed: close "
              + directory
              + " in all processes and open it again");
    }
    if (isReplaced()) {
      throw new DatabaseException.Poisoned(
          directory.resolve(ALIVE)
              + " was deleted or replaced while this process had the database open, so others"
              + " cannot know of it: close it and open it again");
    }
  }

  private boolean isReplaced() {
    return replaced || memory.get(ID) != id;
  }

  /** Looks whether others would still meet this process here. Called now and then. */
  void watchPlace() {
    try {
      replaced = replaced || disk.identity(directory.resolve(ALIVE)) != place;
    } catch (NoSuchFileException e) {
      replaced = true;
    } catch (IOException e) {
      // says nothing about the place; whoever reads or writes hears of it
    }
  }

  /** The last process that leaves seals the block. */
  @Override
  public void close() {
    try (DiskLock opening = disk.lock(directory.resolve(OPENING))) {
      if (opening.tryExclusive(PROBE_WAIT) && !isPoisoned() && alive.tryExclusive()) {
        memory.force(); // the seal must not reach the disk before what it seals
        Seal.put(memory);
        memory.force();
      }
    } catch (IOException | UncheckedIOException e) {
      // without a seal rot in the block is not found, and nothing else is lost
    } finally {
      alive.close();
      memory.close();
    }
  }
}
