package dev.espora.db.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espora.db.Database;
import dev.espora.db.Log;
import dev.espora.db.Options;
import dev.espora.db.file.FileMedium;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the engine relies on, of both disks. */
class DiskTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

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

  @ParameterizedTest
  @MethodSource("disks")
  void aLockExcludesOthersUntilItIsReleased(Disk disk) throws IOException {
    Path file = temporary.resolve("lock");
    disk.create(file).close();
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
  void whoWaitsForALockGetsItOnceItIsFree(Disk disk) throws Exception {
    Path file = temporary.resolve("lock");
    disk.create(file).close();
    try (DiskLock one = disk.lock(file);
        DiskLock two = disk.lock(file);
        var thread = Executors.newSingleThreadExecutor()) {
      assertThat(one.tryExclusive()).isTrue();
      var taken = thread.submit(() -> two.tryExclusive(PATIENCE));
      one.release();
      assertThat(taken.get()).isTrue();
      assertThat(one.tryExclusive()).isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("disks")
  void whoGaveUpWaitingForALockDoesNotKeepItFromOthers(Disk disk) throws IOException {
    Path file = temporary.resolve("lock");
    disk.create(file).close();
    try (DiskLock one = disk.lock(file);
        DiskLock impatient = disk.lock(file);
        DiskLock three = disk.lock(file)) {
      assertThat(one.tryExclusive()).isTrue();
      assertThat(impatient.tryExclusive(Duration.ofMillis(1))).isFalse();
      one.release();
      assertThat(three.tryExclusive(PATIENCE)).isTrue();
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
}
