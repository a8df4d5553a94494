package dev.espora.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.temporal.ChronoUnit;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The log of the program: one line for each message, on standard error. */
final class ProgramLog {

  private ProgramLog() {}

  /** Must run before anything logs. */
  static void install() {
    System.setProperty("java.util.logging.manager", Manager.class.getName());
    ConsoleHandler handler = new ConsoleHandler();
    handler.setFormatter(new Line());
    handler.setLevel(Level.ALL);
    Logger root = Logger.getLogger("");
    root.setLevel(Level.INFO);
    root.addHandler(handler);
  }

  /** Made by the JDK, which finds the class by its name. */
  public static final class Manager extends LogManager {
    public Manager() {}

    /** There is no file to read: {@link #install} says everything. */
    @Override
    public void readConfiguration() {}

    /**
     * The JDK resets the log while the program still drains; what happens there is worth a line.
     */
    @Override
    public void reset() {}
  }

  private static final class Line extends Formatter {
    @Override
    public String format(LogRecord entry) {
      StringWriter text = new StringWriter();
      text.append(entry.getInstant().truncatedTo(ChronoUnit.MILLIS).toString())
          .append(' ')
          .append(entry.getLevel().equals(Level.WARNING) ? "WARN" : entry.getLevel().getName())
          .append(' ')
          .append(String.valueOf(entry.getLoggerName()))
          .append(": ")
          .append(formatMessage(entry))
          .append('\n');
      if (entry.getThrown() != null) {
        entry.getThrown().printStackTrace(new PrintWriter(text, true));
      }
      return text.toString();
    }
  }
}
