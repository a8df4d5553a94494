package dev.espora.ratis;

import dev.espora.db.Forwarder;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who decides, on this node, the commands that other nodes forward: the partitions that are open
 * here.
 *
 * <p>Safe for use by any number of threads; none waits.
 */
final class Deciders {
  private final Map<String, Offer> offers = new ConcurrentHashMap<>();

  private record Offer(String schema, Forwarder.Decider decider) {}

  /** Has commands of a partition, written in a schema, decided until they are withdrawn. */
  void offer(String partition, String schema, Forwarder.Decider decider) {
    offers.put(partition, new Offer(schema, decider));
  }

  void withdraw(String partition) {
    offers.remove(partition);
  }

  /** Decides commands, if the partition is open here, and they are written in its schema. */
  CompletableFuture<Reply> decide(Request.Forward forward) {
    Offer offer = offers.get(forward.partition());
    return offer == null || !offer.schema.equals(forward.schema())
        ? CompletableFuture.completedFuture(new Reply.Undecided())
        : offer
            .decider
            .decide(forward.ticket(), forward.commands())
            .thenApply(decided ->
                decided.isPresent() ? new Reply.Decided(decided.get()) : new Reply.Undecided());
  }
}
