package dev.espora.ratis;

import java.text.MessageFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What a node tells whoever operates it, Ratis included, while a test runs. */
final class Logged extends Handler implements AutoCloseable {
  private static final Logger ALL = Logger.getLogger("");

  private final List<String> lines = new CopyOnWriteArrayList<>();

  private Logged() {}

  static Logged start() {
    Logged logged = new Logged();
    ALL.addHandler(logged);
    return logged;
  }

  /** Each as one text, with the causes behind it. */
  List<String> lines() {
    return lines;
  }

  @Override
  public void publish(LogRecord told) {
    String text = String.valueOf(told.getMessage());
    @Nullable Object[] parameters = told.getParameters();
    lines.add(
        (parameters == null ? text : MessageFormat.format(text, parameters))
            + (told.getThrown() == null ? "" : "\n" + told.getThrown()));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    ALL.removeHandler(this);
  }
}
