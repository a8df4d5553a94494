package dev.espora.ratis;

import dev.espora.db.Journal;
import dev.espora.db.Medium;
import dev.espora.db.PartitionKind;
import dev.espora.db.codec.Codec;
import java.util.Optional;

/** A node that goes on from test to test; the partitions of one test have names of their own. */
record Prefixed(Medium.Journals node, String prefix) implements Medium.Journals {

  /** Opening it starts nothing, and closing it stops nothing. */
  static Medium medium(Medium.Journals node, String prefix) {
    return (_, _) -> new Prefixed(node, prefix);
  }

  @Override
  public Journal open(String partition, PartitionKind kind, Codec<?> events) {
    return node.open(prefix + partition, kind, events);
  }

  @Override
  public Optional<Medium.Stored> stored(String partition) {
    return node.stored(prefix + partition);
  }

  @Override
  public boolean isPoisoned() {
    return node.isPoisoned();
  }

  @Override
  public void close() {}
}
