package dev.espora.cli;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A fault of one system call.
 *
 * @param call its name
 * @param fault what happens instead of it, as {@code strace} takes it
 * @param number which of the calls of a thread, from 1
 */
record Injection(String call, String fault, int number) {
  private static final String KILL = "signal=SIGKILL";
  private static final String EIO = "error=EIO";
  private static final String NO_SPACE = "error=ENOSPC";
  private static final String INTERRUPTED = "error=EINTR";
  private static final String NO_DESCRIPTORS = "error=EMFILE";
  private static final String NOTHING_WRITTEN = "retval=0";

  /** The calls that need room on the disk, but for syncs. */
  private static final Set<String> ROOM = Set.of("pwrite64", "mkdir", "rename");

  /**
   * What may happen to the calls that the storage makes. Only calls that are repeated by whoever
   * made them are interrupted; a sync never is.
   */
  static final Map<String, List<String>> FAULTS =
      Map.ofEntries(
          Map.entry("pwrite64", List.of(EIO, NO_SPACE, INTERRUPTED, NOTHING_WRITTEN, KILL)),
          Map.entry("pread64", List.of(EIO, INTERRUPTED, KILL)),
          Map.entry("fdatasync", List.of(EIO, NO_SPACE, INTERRUPTED, KILL)),
          Map.entry("fsync", List.of(EIO, NO_SPACE, INTERRUPTED, KILL)),
          Map.entry("msync", List.of(EIO, KILL)),
          Map.entry("openat", List.of(EIO, NO_SPACE, INTERRUPTED, NO_DESCRIPTORS, KILL)),
          Map.entry("flock", List.of("error=ENOLCK", INTERRUPTED, KILL)),
          Map.entry("lseek", List.of(EIO, KILL)),
          Map.entry("mmap", List.of("error=ENOMEM", KILL)),
          Map.entry("statx", List.of(EIO, KILL)),
          Map.entry("newfstatat", List.of(EIO, KILL)),
          Map.entry("getdents64", List.of(EIO, KILL)),
          Map.entry("mkdir", List.of(EIO, NO_SPACE, KILL)),
          Map.entry("rename", List.of(EIO, NO_SPACE, KILL)),
          Map.entry("unlink", List.of(EIO, KILL)),
          Map.entry("chmod", List.of(EIO, KILL)),
          Map.entry("fchmod", List.of(EIO, KILL)));

  boolean kills() {
    return fault.equals(KILL);
  }

  /** Whether whoever made the call has to make it again, and nobody else may notice. */
  boolean isToBeRepeated() {
    return fault.equals(INTERRUPTED) && !isSync();
  }

  /** Whether the call is to be refused, and later ones taken. */
  boolean isToBeRefused() {
    return fault.equals(NO_SPACE) && ROOM.contains(call);
  }

  private boolean isSync() {
    return call.endsWith("sync");
  }

  /** As {@code strace} takes it. */
  String expression() {
    return call + ":" + fault + ":when=" + number;
  }
}
