package dev.espora.ratis;

import dev.espora.db.Forwarder;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Who decides, on this node, the commands that other nodes forward: the partitions that are open
 * here.
 *
 * <p>Safe for use by any number of threads; none waits.
 */
final class Deciders {
  private static final Reply UNDER_WAY = new Reply.UnderWay();

  /** Others may wait for their answers in the same message. */
  private static final long WAIT_MILLIS = 200;

  private static final long KEPT_SECONDS = 30;

  private final Map<String, Offer> offers = new ConcurrentHashMap<>();

  /** What was not known in time. */
  private final Map<Forwarder.Ticket, CompletableFuture<Reply>> late = new ConcurrentHashMap<>();

  private record Offer(String schema, Forwarder.Decider decider) {}

  /** Has commands of a partition, written in a schema, decided until they are withdrawn. */
  void offer(String partition, String schema, Forwarder.Decider decider) {
    offers.put(partition, new Offer(schema, decider));
  }

  void withdraw(String partition) {
    offers.remove(partition);
  }

  /**
   * Decides commands, if the partition is open here, and they are written in its schema. What takes
   * longer than others can be kept waiting for is asked for again, under the same ticket.
   */
  CompletableFuture<Reply> decide(Request.Forward forward) {
    Forwarder.Ticket ticket = forward.ticket();
    CompletableFuture<Reply> earlier = late.remove(ticket);
    CompletableFuture<Reply> decided = earlier == null ? begin(forward) : earlier;
    return decided
        .copy()
        .completeOnTimeout(UNDER_WAY, WAIT_MILLIS, TimeUnit.MILLISECONDS)
        .thenApply(reply -> {
          if (reply.equals(UNDER_WAY)) {
            keep(ticket, decided);
          }
          return reply;
        });
  }

  private CompletableFuture<Reply> begin(Request.Forward forward) {
    Offer offer = offers.get(forward.partition());
    return offer == null || !offer.schema.equals(forward.schema())
        ? CompletableFuture.completedFuture(new Reply.Undecided())
        : offer
            .decider
            .decide(forward.ticket(), forward.commands())
            .thenApply(decided ->
                decided.isPresent() ? new Reply.Decided(decided.get()) : new Reply.Undecided());
  }

  /** The log may not have all verdicts, so they are kept for whoever asks again, for a while. */
  private void keep(Forwarder.Ticket ticket, CompletableFuture<Reply> decided) {
    late.put(ticket, decided);
    CompletableFuture.delayedExecutor(KEPT_SECONDS, TimeUnit.SECONDS, Runnable::run)
        .execute(() -> late.remove(ticket, decided));
  }
}
