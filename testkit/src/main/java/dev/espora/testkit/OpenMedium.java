package dev.espora.testkit;

import dev.espora.db.Journal;
import dev.espora.db.Medium;
import dev.espora.db.Options;
import dev.espora.db.PartitionKind;
import dev.espora.db.codec.Codec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** A medium opened as a database opens it, its journals within reach. */
final class OpenMedium implements AutoCloseable {
  private final ScheduledExecutorService background = Executors.newScheduledThreadPool(1);
  private final List<Journal> journals = new ArrayList<>();
  private final Medium.Journals open;

  OpenMedium(Medium medium, Options options) {
    try {
      open = medium.open(options, background);
    } catch (RuntimeException | Error e) {
      background.shutdownNow();
      throw e;
    }
  }

  /** A journal of strings, its cursor where a state has to be built up from. */
  TextJournal texts(String partition, PartitionKind kind) {
    Journal journal = journal(partition, kind, TextJournal.CODEC);
    var _ = journal.rewind();
    return new TextJournal(journal);
  }

  TextJournal texts() {
    return texts("rows", PartitionKind.LOG);
  }

  /** A journal as it is opened. */
  Journal journal(String partition, PartitionKind kind, Codec<?> codec) {
    Journal journal = open.open(partition, kind, codec);
    journals.add(journal);
    return journal;
  }

  boolean isPoisoned() {
    return open.isPoisoned();
  }

  @Override
  public void close() {
    journals.forEach(Journal::close);
    background.shutdownNow();
    open.close();
  }
}
