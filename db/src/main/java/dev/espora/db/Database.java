package dev.espora.db;

import java.nio.file.Path;

/** An embedded database. */
@SuppressWarnings("DoNotCallSuggester")
public final class Database implements AutoCloseable {
  private Database() {}

  public static Database open(Path directory) {
    return open(directory, Options.DEFAULTS);
  }

  public static Database open(Path directory, Options options) {
    throw new UnsupportedOperationException();
  }

  /** The same order and types without a disk: everything is gone when it is closed. */
  public static Database inMemory(Options options) {
    throw new UnsupportedOperationException();
  }

  public <S, C, E, R> Partition<S, C, R> partition(String name, StateMachine<S, C, E, R> machine) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
