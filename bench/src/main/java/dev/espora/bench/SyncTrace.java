package dev.espora.bench;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Counts, in what {@code strace -f} wrote, the calls that wait for the disk: {@code fsync}, {@code
 * fdatasync}, {@code msync} of {@code MS_SYNC}, and writes that sync by themselves, be it that the
 * file was opened for that or the single call asks for it. {@code sync_file_range} is none of them:
 * it flushes neither metadata nor the disk's cache.
 */
final class SyncTrace {

  /** What to trace: files are opened and closed too, to know which ones sync by themselves. */
  static final String CALLS =
      "trace=openat,close,fsync,fdatasync,msync,write,writev,pwrite64,pwritev,pwritev2";

  /** A process, then a call, or its second half if another thread's came in between. */
  private static final Pattern LINE =
      Pattern.compile("(?<thread>\\d+) +(?:<\\.\\.\\. \\w+ resumed>)?(?<call>.*)");

  private static final String UNFINISHED = " <unfinished ...>";
  private static final Pattern CALL =
      Pattern.compile("(?<name>\\w+)\\((?<arguments>.*)\\) += (?<result>-?\\d+).*");
  private static final Pattern SYNCED_OPEN = Pattern.compile("\\bO_D?SYNC\\b");
  private static final Pattern SYNCED_WRITE = Pattern.compile("\\bRWF_D?SYNC\\b");

  private final String begin;
  private final String end;
  private final Map<String, String> unfinished = new HashMap<>();
  private final Set<String> syncedFiles = new HashSet<>();
  private boolean counting;
  private long syncs;

  private SyncTrace(String begin, String end) {
    this.begin = begin;
    this.end = end;
  }

  /**
   * Counts what happened between two files being opened.
   *
   * @param begin how the name of the first one ends
   * @param end how the name of the second one ends
   */
  static long count(Stream<String> lines, String begin, String end) {
    SyncTrace trace = new SyncTrace(begin, end);
    lines.forEach(trace::line);
    return trace.syncs;
  }

  private void line(String line) {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      return;
    }
    String thread = matcher.group("thread");
    String first = unfinished.remove(thread);
    String call = (first == null ? "" : first) + matcher.group("call");
    if (call.endsWith(UNFINISHED)) {
      unfinished.put(thread, call.substring(0, call.length() - UNFINISHED.length()));
      return;
    }
    Matcher complete = CALL.matcher(call);
    if (complete.matches()) {
      call(complete.group("name"), complete.group("arguments"), complete.group("result"));
    }
  }

  private void call(String name, String arguments, String result) {
    String file = arguments.split(",", 2)[0];
    boolean synced =
        switch (name) {
          case "openat" -> {
            opened(arguments, result);
            yield false;
          }
          case "close" -> {
            syncedFiles.remove(file);
            yield false;
          }
          case "fsync", "fdatasync" -> true;
          case "msync" -> arguments.contains("MS_SYNC");
          default -> syncedFiles.contains(file) || SYNCED_WRITE.matcher(arguments).find();
        };
    if (synced && counting) {
      syncs++;
    }
  }

  private void opened(String arguments, String result) {
    if (arguments.contains(begin + "\"")) {
      counting = true;
    } else if (arguments.contains(end + "\"")) {
      counting = false;
    } else if (SYNCED_OPEN.matcher(arguments).find()) {
      syncedFiles.add(result);
    }
  }
}
