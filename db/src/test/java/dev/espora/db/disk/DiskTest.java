package dev.espora.db.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.espora.db.Database;
import dev.espora.db.Log;
import dev.espora.db.Options;
import dev.espora.db.OwnJvm;
import dev.espora.db.file.FileMedium;
import dev.espora.db.file.FileTools;
import dev.espora.db.tools.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the engine relies on, of both disks. */
class DiskTest {
  @TempDir Path temporary;

  static Stream<Disk> disks() {
    return PosixDisk.isSupported()
        ? Stream.of(new PosixDisk(), new PortableDisk())
        : Stream.of(new PortableDisk());
  }

  @ParameterizedTest
  @MethodSource("disks")
  void whatIsWrittenIsReadAndEndsWhereTheFileEnds(Disk disk) throws IOException {
    byte[] bytes = new byte[200_000];
    bytes[0] = 1;
    bytes[199_999] = 2;
    try (DiskFile file = disk.create(temporary.resolve("file"))) {
      file.write(bytes, 0, bytes.length, 10);
      file.sync();
      assertThat(file.size()).isEqualTo(200_010);
      byte[] read = new byte[300_000];
      assertThat(file.read(read, 5, 250_000, 10)).isEqualTo(200_000);
      assertThat(read[5]).isEqualTo((byte) 1);
      assertThat(read[200_004]).isEqualTo((byte) 2);
      assertThat(file.read(read, 0, 10, 200_010)).isZero();
    }
    disk.syncDirectory(temporary);
  }

  @ParameterizedTest
  @MethodSource("disks")
  void filesArePrivateAndNeverReplacedOrMadeByOpening(Disk disk) throws IOException {
    Path file = temporary.resolve("file");
    assertThatThrownBy(() -> disk.open(file)).isInstanceOf(NoSuchFileException.class);
    disk.create(file).close();
    assertThatThrownBy(() -> disk.create(file)).isInstanceOf(FileAlreadyExistsException.class);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    Path directory = temporary.resolve("directory");
    disk.createDirectory(directory);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx------");
  }

  @ParameterizedTest
  @MethodSource("disks")
  void aSymbolicLinkIsNotFollowed(Disk disk) throws IOException {
    Path target = Files.createFile(temporary.resolve("target"));
    Path link = Files.createSymbolicLink(temporary.resolve("link"), target);
    assertThatThrownBy(() -> disk.open(link))
        .isInstanceOf(DiskException.class)
        .hasMessageContaining("symbolic link");
    assertThat(disk.isDirectory(link)).isFalse();
  }

  private Path lockFile(Disk disk) throws IOException {
    Path file = temporary.resolve("lock");
    disk.create(file).close();
    return file;
  }

  @ParameterizedTest
  @MethodSource("disks")
  void aLockExcludesOthersUntilItIsReleased(Disk disk) throws IOException {
    Path file = lockFile(disk);
    try (DiskLock one = disk.lock(file);
        DiskLock two = disk.lock(file)) {
      assertThat(one.tryExclusive()).isTrue();
      assertThat(two.tryExclusive()).isFalse();
      assertThat(two.tryShared()).isFalse();
      one.release();
      assertThat(two.tryExclusive()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("disks")
  void severalShareALockUntilTheLastOfThemIsGone(Disk disk) throws IOException {
    Path file = lockFile(disk);
    DiskLock one = disk.lock(file);
    try (DiskLock two = disk.lock(file);
        DiskLock three = disk.lock(file)) {
      assertThat(one.tryShared()).isTrue();
      assertThat(two.tryShared()).isTrue();
      one.close();
      assertThat(three.tryExclusive()).isFalse();
      two.release();
      assertThat(three.tryExclusive()).isTrue();
      assertThat(two.tryShared()).isFalse();
      assertThat(three.tryShared()).isTrue();
      assertThat(two.tryShared()).isTrue();
    }
  }

  /** Says whether another process can have a lock. */
  static final class Asker {
    private Asker() {}

    public static void main(String[] args) throws IOException {
      Disk disk = args[0].equals("PosixDisk") ? new PosixDisk() : new PortableDisk();
      try (DiskLock lock = disk.lock(Path.of(args[1]))) {
        IO.println(lock.tryExclusive());
      }
    }
  }

  private static String ask(Disk disk, Path file) throws IOException {
    return said(OwnJvm.command(Asker.class, disk.getClass().getSimpleName(), file));
  }

  private static String said(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  @ParameterizedTest
  @MethodSource("disks")
  void aLockIsHeldWhateverElseOfItsFileTheProcessCloses(Disk disk) throws IOException {
    Path file = lockFile(disk);
    DiskFile opened = disk.open(file);
    try (DiskLock held = disk.lock(file)) {
      assertThat(held.tryExclusive()).isTrue();
      disk.lock(file).close();
      disk.openReadOnly(file).close();
      opened.close();
      assertThat(ask(disk, file)).isEqualTo("false");
      held.release();
      assertThat(ask(disk, file)).isEqualTo("true");
    }
  }

  @ParameterizedTest
  @MethodSource("disks")
  void closingReleasesALockAlsoWhileTheProcessStartsOthers(Disk disk) throws Exception {
    Path file = lockFile(disk);
    AtomicBoolean done = new AtomicBoolean();
    CompletableFuture<Void> starting =
        CompletableFuture.runAsync(() -> {
          while (!done.get()) {
            try {
              new ProcessBuilder("/bin/true").start().waitFor();
            } catch (IOException | InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
        });
    try {
      for (int i = 0; i < 3_000; i++) {
        try (DiskLock lock = disk.lock(file)) {
          assertThat(lock.tryExclusive()).as("round %s", i).isTrue();
        }
      }
    } finally {
      done.set(true);
      starting.get(60, TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @MethodSource("disks")
  void oneProcessOpensADirectoryTwiceAndLooksIntoIt(Disk disk) throws IOException {
    Path data = temporary.resolve("data");
    try (Database one = Database.open(new FileMedium(disk, data), Options.DEFAULTS)) {
      Log<String> log = one.log("rows", String.class);
      log.append("one");
      try (Database two = Database.open(new FileMedium(disk, data), Options.DEFAULTS)) {
        two.log("rows", String.class).append("two");
      }
      assertThat(new FileTools(disk, data).verify(Optional.empty(), Progress.NONE).damages())
          .isEmpty();
      assertThat(log.size()).isEqualTo(2);
      assertThat(ask(disk, data.resolve("alive.lock"))).isEqualTo("false");
    }
    assertThat(ask(disk, data.resolve("alive.lock"))).isEqualTo("true");
  }

  @Test
  void withoutNativeAccessNoDirectoryIsOpenedWhereItsLocksWouldExcludeNobody() throws IOException {
    assumeThat(PosixDisk.isSupported()).isTrue();
    Path data = temporary.resolve("data");
    assertThat(said(OwnJvm.command(List.of("--illegal-native-access=deny"), Opener.class, data)))
        .contains("native access is denied", "--enable-native-access=dev.espora.db");
    assertThat(data).doesNotExist();
  }

  /** Opens a database. */
  static final class Opener {
    private Opener() {}

    public static void main(String[] args) {
      Database.open(Path.of(args[0])).close();
    }
  }

  @ParameterizedTest
  @MethodSource("disks")
  void memoryIsSharedBetweenMappings(Disk disk) throws IOException {
    Path file = temporary.resolve("control");
    try (DiskFile created = disk.create(file)) {
      created.write(new byte[4096], 0, 4096, 0);
    }
    try (SharedMemory one = disk.map(file, 4096);
        SharedMemory two = disk.map(file, 4096)) {
      one.set(64, 42);
      assertThat(two.get(64)).isEqualTo(42);
      assertThat(two.compareAndSet(64, 42, 43)).isTrue();
      assertThat(one.compareAndSet(64, 42, 44)).isFalse();
      assertThat(one.get(64)).isEqualTo(43);
    }
  }

  @ParameterizedTest
  @MethodSource("disks")
  void anInterruptedThreadWritesAndStaysInterrupted(Disk disk) {
    Options options = Options.DEFAULTS;
    try (Database db = Database.open(new FileMedium(disk, temporary.resolve("db")), options)) {
      Log<String> log = db.log("rows", String.class);
      log.append("before");
      Thread.currentThread().interrupt();
      log.append("interrupted");
      assertThat(Thread.interrupted()).isTrue();
      log.append("after");
      assertThat(log.size()).isEqualTo(3);
    }
    try (Database db = Database.open(new FileMedium(disk, temporary.resolve("db")), options)) {
      assertThat(db.log("rows", String.class).size()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @MethodSource("disks")
  void whatIsMissingIsSaidAndNeverMade(Disk disk) {
    Path missing = temporary.resolve("missing");
    for (Executable call :
        List.<Executable>of(
            () -> disk.openReadOnly(missing),
            () -> disk.lock(missing),
            () -> disk.delete(missing),
            () -> disk.identity(missing),
            () -> disk.rename(missing, temporary.resolve("other")),
            () -> disk.create(missing.resolve("file")))) {
      assertThatThrownBy(call::execute).isInstanceOf(NoSuchFileException.class);
    }
    assertThat(temporary).isEmptyDirectory();
  }

  @ParameterizedTest
  @MethodSource("disks")
  void aDirectoryIsNoFile(Disk disk) {
    assertThatThrownBy(() -> disk.open(temporary)).isInstanceOf(IOException.class);
    assertThat(disk.isDirectory(temporary)).isTrue();
  }

  @ParameterizedTest
  @MethodSource("disks")
  void aFileThatIsOnlyReadOrWasClosedIsNotWritten(Disk disk) throws IOException {
    Path path = temporary.resolve("file");
    disk.create(path).close();
    DiskFile file = disk.openReadOnly(path);
    byte[] bytes = {1, 2, 3};
    assertThatThrownBy(() -> file.write(bytes, 0, 3, 0)).isInstanceOf(IOException.class);
    file.close();
    file.close();
    assertThatThrownBy(() -> file.read(bytes, 0, 3, 0)).isInstanceOf(IOException.class);
    assertThatThrownBy(file::size).isInstanceOf(IOException.class);
    assertThat(path).isEmptyFile();
  }

  @ParameterizedTest
  @MethodSource("disks")
  void aRenamedFileReplacesAnotherAndKeepsItsIdentity(Disk disk) throws IOException {
    Path one = temporary.resolve("one");
    Path two = temporary.resolve("two");
    disk.create(one).close();
    disk.create(two).close();
    long identity = disk.identity(one);
    assertThat(disk.identity(two)).isNotEqualTo(identity);
    disk.rename(one, two);
    assertThat(disk.identity(two)).isEqualTo(identity);
    assertThat(disk.list(temporary)).containsExactly("two");
    disk.delete(two);
    assertThat(disk.exists(two)).isFalse();
  }

  @ParameterizedTest
  @MethodSource("disks")
  void aLockIsWaitedForAlsoByAnInterruptedThread(Disk disk) throws Exception {
    Path path = lockFile(disk);
    try (DiskLock one = disk.lock(path);
        DiskLock two = disk.lock(path)) {
      one.exclusive();
      assertThat(two.tryExclusive(Duration.ofMillis(2))).isFalse();
      CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
      Thread waiting =
          Thread.ofPlatform()
              .start(() -> {
                Thread.currentThread().interrupt();
                try {
                  two.exclusive();
                  interrupted.complete(Thread.interrupted());
                } catch (IOException e) {
                  interrupted.completeExceptionally(e);
                }
              });
      assertThat(interrupted).isNotDone();
      one.release();
      assertThat(interrupted.get(30, TimeUnit.SECONDS)).isTrue();
      waiting.join();
      assertThat(one.tryExclusive()).isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("disks")
  void aDiskThatIsOnlyReadChangesNothing(Disk disk) throws IOException {
    Path path = temporary.resolve("file");
    try (DiskFile created = disk.create(path)) {
      created.write(new byte[4096], 0, 4096, 0);
    }
    Disk readOnly = new ReadOnlyDisk(disk);
    for (Executable call :
        List.<Executable>of(
            () -> readOnly.create(temporary.resolve("other")),
            () -> readOnly.createDirectory(temporary.resolve("other")),
            () -> readOnly.rename(path, temporary.resolve("other")),
            () -> readOnly.delete(path),
            () -> readOnly.syncDirectory(temporary))) {
      assertThatThrownBy(call::execute)
          .isInstanceOf(DiskException.class)
          .hasMessageContaining("is only read here");
    }
    try (SharedMemory words = readOnly.map(path, 4096)) {
      words.force();
      assertThat(words.get(8)).isZero();
      assertThatThrownBy(() -> words.set(8, 1)).isInstanceOf(UnsupportedOperationException.class);
      assertThatThrownBy(() -> words.compareAndSet(8, 0, 1))
          .isInstanceOf(UnsupportedOperationException.class);
      assertThatThrownBy(() -> words.get(4096))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("was cut short");
    }
    assertThat(readOnly.list(temporary)).containsExactly("file");
    assertThat(readOnly.identity(path)).isEqualTo(disk.identity(path));
  }
}
