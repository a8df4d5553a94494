package dev.espora.db;

import dev.espora.db.codec.Codec;
import java.util.Optional;
import java.util.function.Function;

/** A medium of journals that a test makes: nothing is stored before. */
record FreshJournals(Function<Medium.Stored, Journal> journals) implements Medium.Journals {

  static Medium medium(Function<Medium.Stored, Journal> journals) {
    return (_, _) -> new FreshJournals(journals);
  }

  @Override
  public Journal open(String partition, PartitionKind kind, Codec<?> events) {
    return journals.apply(new Medium.Stored(kind, events.schema()));
  }

  @Override
  public Optional<Medium.Stored> stored(String partition) {
    return Optional.empty();
  }

  @Override
  public boolean isPoisoned() {
    return false;
  }

  @Override
  public void close() {}
}
