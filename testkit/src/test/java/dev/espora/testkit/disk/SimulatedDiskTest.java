package dev.espora.testkit.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskException;
import dev.espora.db.disk.DiskFile;
import dev.espora.db.disk.DiskLock;
import dev.espora.db.disk.SharedMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SimulatedDiskTest {
  private static final Path FILE = Path.of("/file");
  private final SimulatedDisk disk = new SimulatedDisk();

  /** Small seeds begin alike. */
  private static Random random(long seed) {
    return new Random(seed * 0x9E3779B97F4A7C15L);
  }

  private static byte[] bytes(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private DiskFile created() throws IOException {
    DiskFile file = disk.disk().create(FILE);
    disk.disk().syncDirectory(Path.of("/"));
    return file;
  }

  private static void write(DiskFile file, byte[] bytes) throws IOException {
    file.write(bytes, 0, bytes.length, 0);
  }

  @Test
  void whatWasSyncedStaysWhateverIsLost() throws IOException {
    DiskFile file = created();
    write(file, bytes(2_000, 1));
    file.sync();
    for (Loss loss : Loss.ALL) {
      assertThat(disk.afterPowerCut(loss, random(1)).bytes(FILE)).isEqualTo(bytes(2_000, 1));
    }
  }

  @Test
  void eachSectorThatWasNotSyncedIsOldOrNewByItself() throws IOException {
    DiskFile file = created();
    write(file, bytes(1_024, 1));
    file.sync();
    write(file, bytes(1_024, 2));
    Set<String> found = new HashSet<>();
    for (int seed = 0; seed < 100; seed++) {
      byte[] left = disk.afterPowerCut(Loss.SCATTERED, random(seed)).bytes(FILE);
      assertThat(Arrays.copyOf(left, 512)).containsOnly(left[0]);
      found.add(left[0] + "," + left[512]);
    }
    assertThat(found).containsExactlyInAnyOrder("1,1", "1,2", "2,1", "2,2");
    assertThat(disk.afterPowerCut(Loss.DROPPED, random(1)).bytes(FILE)).containsOnly(1);
    assertThat(disk.afterPowerCut(Loss.KEPT, random(1)).bytes(FILE)).containsOnly(2);
  }

  @Test
  void aSectorThatWasWrittenTwiceMayBeWhatItWasInBetween() throws IOException {
    DiskFile file = created();
    write(file, bytes(100, 1));
    write(file, bytes(100, 2));
    Set<Byte> found = new HashSet<>();
    for (int seed = 0; seed < 100; seed++) {
      byte[] left = disk.afterPowerCut(Loss.SCATTERED, random(seed)).bytes(FILE);
      found.add(left.length == 0 ? 0 : left[0]);
    }
    assertThat(found).containsExactlyInAnyOrder((byte) 0, (byte) 1, (byte) 2);
  }

  @Test
  void aTornSectorIsNewUpToAWordAndOldBehind() throws IOException {
    DiskFile file = created();
    write(file, bytes(512, 1));
    file.sync();
    write(file, bytes(512, 2));
    Set<Integer> news = new HashSet<>();
    for (int seed = 0; seed < 300; seed++) {
      byte[] left = disk.afterPowerCut(Loss.TORN, random(seed)).bytes(FILE);
      int split = 0;
      while (split < 512 && left[split] == 2) {
        split++;
      }
      assertThat(split % 8).isZero();
      assertThat(Arrays.copyOfRange(left, split, 512)).doesNotContain(2);
      news.add(split);
    }
    assertThat(news).hasSizeGreaterThan(20);
  }

  @Test
  void namesAreLostOneByOneUnlessTheirDirectoryWasSynced() throws IOException {
    Disk files = disk.disk();
    files.create(Path.of("/a")).close();
    files.create(Path.of("/b")).close();
    assertThat(disk.afterPowerCut(Loss.DROPPED, random(1)).files()).isEmpty();
    assertThat(disk.afterPowerCut(Loss.NAMES_ONLY, random(1)).files()).hasSize(2);
    Set<String> found = new HashSet<>();
    for (int seed = 0; seed < 50; seed++) {
      found.add(disk.afterPowerCut(Loss.SCATTERED, random(seed)).files().toString());
    }
    assertThat(found).hasSize(4);
    files.syncDirectory(Path.of("/"));
    files.rename(Path.of("/a"), Path.of("/c"));
    files.delete(Path.of("/b"));
    assertThat(disk.files()).containsExactly(Path.of("/c"));
    assertThat(disk.afterPowerCut(Loss.DROPPED, random(1)).files())
        .containsExactly(Path.of("/a"), Path.of("/b"));
    files.syncDirectory(Path.of("/"));
    assertThat(disk.afterPowerCut(Loss.DROPPED, random(1)).files()).containsExactly(Path.of("/c"));
  }

  @Test
  void aSyncThatFailsIsNotMadeGoodByALaterOne() throws IOException {
    DiskFile file = created();
    write(file, bytes(10, 1));
    disk.setFaults(Faults.next(Operation.Kind.SYNC, Faults.Outcome.FAIL));
    assertThatIOException().isThrownBy(file::sync).withMessageContaining("/file");
    file.sync();
    assertThat(disk.bytes(FILE)).isEqualTo(bytes(10, 1));
    assertThat(disk.afterPowerCut(Loss.KEPT, random(1)).bytes(FILE)).doesNotContain(1);
  }

  @Test
  void everyKindOfOperationFailsWhereAPlanSaysSo() throws IOException {
    DiskFile file = created();
    Disk files = disk.disk();
    for (Faults.Outcome outcome :
        new Faults.Outcome[] {Faults.Outcome.FAIL, Faults.Outcome.NO_SPACE}) {
      disk.setFaults(_ -> outcome);
      assertThatExceptionOfType(DiskException.class).isThrownBy(() -> files.open(FILE));
      assertThatExceptionOfType(DiskException.class).isThrownBy(() -> files.list(Path.of("/")));
      assertThatExceptionOfType(DiskException.class).isThrownBy(() -> files.delete(FILE));
      assertThatExceptionOfType(DiskException.class)
          .isThrownBy(() -> files.syncDirectory(Path.of("/")));
      assertThatExceptionOfType(DiskException.class)
          .isThrownBy(() -> files.createDirectory(Path.of("/d")));
      assertThatExceptionOfType(DiskException.class).isThrownBy(file::size);
      assertThatExceptionOfType(DiskException.class)
          .isThrownBy(() -> file.read(new byte[1], 0, 1, 0));
      assertThatExceptionOfType(DiskException.class).isThrownBy(() -> write(file, bytes(1, 1)));
    }
    assertThat(disk.files()).containsExactly(FILE);
    assertThat(disk.bytes(FILE)).isEmpty();
  }

  @Test
  void aShortWriteLeavesTheFirstHalf() throws IOException {
    DiskFile file = created();
    disk.setFaults(Faults.next(Operation.Kind.WRITE, Faults.Outcome.SHORT_THEN_NO_SPACE));
    assertThatExceptionOfType(DiskException.class)
        .isThrownBy(() -> write(file, bytes(1_000, 1)))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(DiskException.Reason.EXHAUSTED));
    assertThat(disk.bytes(FILE)).isEqualTo(bytes(500, 1));
  }

  @Test
  void thePowerIsCutBeforeItsCrashPointForAllProcesses() throws IOException {
    DiskFile file = created();
    disk.cutAt(disk.crashPoints() + 1);
    write(file, bytes(1, 1));
    assertThatExceptionOfType(PowerCut.class).isThrownBy(file::sync);
    assertThat(disk.isCut()).isTrue();
    assertThatExceptionOfType(PowerCut.class)
        .isThrownBy(() -> disk.process("other").disk().open(FILE));
    assertThat(disk.afterPowerCut(Loss.DROPPED, random(1)).bytes(FILE)).isEmpty();
    assertThat(disk.afterKill().bytes(FILE)).hasSize(1);
  }

  @Test
  void sharedWordsReachTheDiskAtAnyMomentAndForSureWhenForced() throws IOException {
    DiskFile file = created();
    write(file, bytes(64, 0));
    file.sync();
    SharedMemory memory = disk.disk().map(FILE, 64);
    memory.set(8, 7);
    assertThat(disk.disk().map(FILE, 64).get(8)).isEqualTo(7);
    assertThat(disk.afterPowerCut(Loss.DROPPED, random(1)).disk().map(FILE, 64).get(8)).isZero();
    assertThat(disk.afterPowerCut(Loss.KEPT, random(1)).disk().map(FILE, 64).get(8)).isEqualTo(7);
    memory.force();
    assertThat(disk.afterPowerCut(Loss.DROPPED, random(1)).disk().map(FILE, 64).get(8))
        .isEqualTo(7);
  }

  @Test
  void aLockIsHeldAloneOrTogetherAndFreedWhenItsProcessIsKilled() throws IOException {
    created().close();
    SimulatedProcess one = disk.process("one");
    DiskLock first = one.disk().lock(FILE);
    DiskLock second = disk.process("two").disk().lock(FILE);
    assertThat(first.tryShared()).isTrue();
    assertThat(second.tryShared()).isTrue();
    assertThat(first.tryExclusive()).isFalse();
    second.release();
    assertThat(first.tryExclusive()).isTrue();
    assertThat(second.tryShared()).isFalse();
    one.kill();
    assertThat(second.tryExclusive()).isTrue();
    assertThatExceptionOfType(PowerCut.class).isThrownBy(first::tryExclusive);
  }
}
