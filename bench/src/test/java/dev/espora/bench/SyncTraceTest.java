package dev.espora.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SyncTraceTest {

  @Test
  void onlyWhatHappensBetweenTheMarksCounts() {
    assertThat(
            syncs(
                """
                7 fdatasync(5) = 0
                7 openat(AT_FDCWD, "/x/begin", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 9
                7 fdatasync(5) = 0
                8 fsync(5) = 0
                7 openat(AT_FDCWD, "/x/end", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 9
                8 fsync(5) = 0
                """))
        .isEqualTo(2);
  }

  @Test
  void aCallThatAnotherThreadInterruptsCountsOnce() {
    assertThat(
            measured(
                """
                7 fdatasync(5 <unfinished ...>
                8 fdatasync(6) = 0
                7 <... fdatasync resumed>) = 0
                """))
        .isEqualTo(2);
  }

  @Test
  void writesToAFileThatSyncsByItselfCountUntilItIsClosed() {
    assertThat(
            measured(
                """
                7 openat(AT_FDCWD, "/x/data", O_RDWR|O_CREAT|O_DSYNC|O_CLOEXEC, 0664 <unfinished ...>
                8 pwrite64(4, "", 4096, 0) = 4096
                7 <... openat resumed>) = 11
                7 pwrite64(11, "\\2\\0 = 5", 48, 4112) = 48
                7 write(3, "x", 1) = 1
                7 close(11) = 0
                7 pwrite64(11, "", 48, 4112) = 48
                """))
        .isEqualTo(1);
  }

  @Test
  void aSingleWriteCanAskForItsSync() {
    assertThat(
            measured(
                """
                7 pwritev2(5, [{iov_base="", iov_len=8}], 1, 0, RWF_DSYNC) = 8
                7 pwritev2(5, [{iov_base="", iov_len=8}], 1, 0, 0) = 8
                """))
        .isEqualTo(1);
  }

  @Test
  void mappedFilesSyncWithMsyncUnlessItOnlySchedules() {
    assertThat(
            measured(
                """
                7 msync(0x7f0000000000, 1048576, MS_SYNC) = 0
                7 msync(0x7f0000000000, 1048576, MS_ASYNC) = 0
                7 --- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_ACCERR, si_addr=0x7f} ---
                7 +++ exited with 0 +++
                """))
        .isEqualTo(1);
  }

  private static long measured(String lines) {
    return syncs("7 openat(AT_FDCWD, \"/x/begin\", O_WRONLY) = 9\n" + lines);
  }

  private static long syncs(String lines) {
    return SyncTrace.count(lines.lines(), "/begin", "/end");
  }
}
