package dev.espora.examples;

import dev.espora.db.Journal;
import dev.espora.db.Medium;
import dev.espora.db.Options;
import dev.espora.db.PartitionKind;
import dev.espora.db.codec.Codec;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A third medium beside file and memory: a plain file for each partition, in a directory that there
 * is, for one process at a time. It keeps everything and shares nothing; {@link SingleFileJournal}
 * is the rest of it.
 */
record SingleFileMedium(Path directory) implements Medium {

  @Override
  public Journals open(Options options, ScheduledExecutorService background) {
    AtomicBoolean poisoned = new AtomicBoolean();
    return new Journals() {
      @Override
      public Journal open(String partition, PartitionKind kind, Codec<?> events) {
        return SingleFileJournal.open(directory, partition, kind, events, poisoned);
      }

      @Override
      public Optional<Stored> stored(String partition) {
        return Optional.empty();
      }

      @Override
      public boolean isPoisoned() {
        return poisoned.get();
      }

      @Override
      public void close() {}
    };
  }
}
