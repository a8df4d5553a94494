package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataLockTest {
  @TempDir Path directory;

  @Test
  void nextHolderLearnsWhereTheLastOneHadItsSockets() throws IOException {
    Path data = directory.resolve("data");
    try (DataLock lock = DataLock.acquire(data)) {
      assertThat(lock.previousRuntime()).isEmpty();
      lock.describe(Path.of("/tmp/espora-1"));
    }
    try (DataLock lock = DataLock.acquire(data)) {
      assertThat(lock.previousRuntime()).isEqualTo("/tmp/espora-1");
    }
    assertThat(mode(data)).isEqualTo("rwx------");
    assertThat(mode(data.resolve("up.lock"))).isEqualTo("rw-------");
  }

  @Test
  void aLinkIsRefusedAndWhatItLeadsToIsLeftAlone() throws IOException {
    Path precious = Files.writeString(directory.resolve("precious"), "precious");
    Path data = Files.createDirectory(directory.resolve("data"));
    Path link = Files.createSymbolicLink(data.resolve("up.lock"), precious);
    assertThatThrownBy(() -> DataLock.acquire(data))
        .isInstanceOf(CommandFailed.class)
        .hasMessageStartingWith(link + " is a symbolic link");
    assertThat(precious).hasContent("precious");
    Files.delete(precious);
    assertThatThrownBy(() -> DataLock.acquire(data)).isInstanceOf(CommandFailed.class);
    assertThat(precious).doesNotExist();
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void undoneItLeavesAForeignDirectoryAsItWas() throws IOException {
    try (DataLock lock = DataLock.acquire(directory)) {
      lock.undo();
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void whereAnInstanceWasKilledWhileItMadeItsSocketNothingIsLeft() throws IOException {
    RuntimeDirectory runtime = RuntimeDirectory.create();
    Path workshop = Files.createDirectory(runtime.path().resolve(".123"));
    Files.createFile(workshop.resolve("s"));
    Files.createDirectory(runtime.path().resolve(".456"));
    Files.createFile(runtime.socket("bank-1"));
    runtime.close();
    assertThat(runtime.path()).doesNotExist();
  }

  @Test
  void whatIsNotOursIsLeftAndHindersNobody() throws IOException {
    Path left = Files.createDirectory(directory.resolve("espora-123"));
    Path link = Files.createSymbolicLink(left.resolve(".123"), directory);
    Path other = Files.createDirectory(left.resolve(".other"));
    Path socket = Files.createFile(left.resolve("bank-1.sock"));
    RuntimeDirectory.removeLeftOver(left.toString());
    assertThat(socket).doesNotExist();
    assertThat(link).isSymbolicLink();
    assertThat(other).exists();
  }

  @Test
  void onlySocketDirectoriesAreCleared() throws IOException {
    Path other = Files.createDirectory(directory.resolve("precious"));
    Path left = Files.createDirectory(directory.resolve("espora-123"));
    Files.createFile(left.resolve("bank-1.sock"));
    RuntimeDirectory.removeLeftOver(other.toString());
    RuntimeDirectory.removeLeftOver(left.toString());
    RuntimeDirectory.removeLeftOver("");
    assertThat(other).exists();
    assertThat(left).doesNotExist();
  }
}
