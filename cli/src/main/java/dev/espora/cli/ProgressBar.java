package dev.espora.cli;

import dev.espora.db.tools.Progress;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Shows on standard error how far long work is, if that is a terminal. For use by one thread. */
final class ProgressBar implements Progress, AutoCloseable {
  private static final String ERASE_LINE = "\r\033[K";
  private static final long REDRAW_NANOS = 100_000_000;
  private static final int WIDTH = 30;

  private final PrintStream out;
  private final boolean visible;
  private long drawn = System.nanoTime();

  private ProgressBar(PrintStream out, boolean visible) {
    this.out = out;
    this.visible = visible;
  }

  static ProgressBar begin() {
    return new ProgressBar(System.err, isTerminal());
  }

  /** Java tells it of standard input and output only. */
  private static boolean isTerminal() {
    try {
      String device = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return device.startsWith("/dev/pts/")
          || device.startsWith("/dev/tty")
          || device.equals("/dev/console");
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }
  }

  @Override
  public void bytes(long done, long total) {
    long now = System.nanoTime();
    if (!visible || now - drawn < REDRAW_NANOS || total <= 0) {
      return;
    }
    drawn = now;
    int filled = (int) (WIDTH * Math.min(done, total) / total);
    out.printf(
        "%s[%s%s] %d%% of %s",
        ERASE_LINE,
        "#".repeat(filled),
        " ".repeat(WIDTH - filled),
        100 * Math.min(done, total) / total,
        ByteCount.text(total));
    out.flush();
  }

  @Override
  public void close() {
    if (visible) {
      out.print(ERASE_LINE);
      out.flush();
    }
  }
}
