package dev.espora.ratis;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftPeerId;
import org.jspecify.annotations.Nullable;

/**
 * Requests on their way to the node that leads a group. What a message costs, and what hangs on it,
 * entries, syncs and threads that wake each other, hardly depends on what is in it; so while enough
 * are under way those that come, of whatever partition, gather and go together as the next.
 *
 * <p>Safe for use by any number of threads; none waits.
 */
final class Bundles {
  private final int mostUnderWay;
  private final Sender sender;
  private @Nullable Lane lane;

  /** Sends a message to a node that leads, once. */
  @FunctionalInterface
  interface Sender {
    CompletableFuture<Reply> send(RaftPeerId leader, Message message) throws IOException;
  }

  /**
   * @param mostUnderWay messages at a time: with more than one, what comes need not wait so long,
   *     and less of it goes together
   */
  Bundles(int mostUnderWay, Sender sender) {
    this.mostUnderWay = mostUnderWay;
    this.sender = sender;
  }

  /**
   * Sends a request.
   *
   * @return the answer; fails if the whole message did, so that whether it has an effect is unknown
   */
  CompletableFuture<Reply> send(RaftPeerId leader, Request request) {
    return lane(leader).send(Wire.REQUEST.bytes(request));
  }

  /** What an earlier leader does not answer holds nobody up. */
  private synchronized Lane lane(RaftPeerId leader) {
    Lane known = lane;
    if (known == null || !known.leader.equals(leader)) {
      known = new Lane(leader);
      lane = known;
    }
    return known;
  }

  private record Waiting(byte[] request, CompletableFuture<Reply> reply) {}

  /** To one leader. */
  private final class Lane {
    private final RaftPeerId leader;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private int underWay;

    private Lane(RaftPeerId leader) {
      this.leader = leader;
    }

    private CompletableFuture<Reply> send(byte[] request) {
      CompletableFuture<Reply> reply = new CompletableFuture<>();
      synchronized (this) {
        waiting.add(new Waiting(request, reply));
      }
      sendNext();
      return reply;
    }

    private void sendNext() {
      List<Waiting> together = next();
      if (!together.isEmpty()) {
        var _ =
            sendTogether(together)
                .whenComplete((reply, failure) -> {
                  synchronized (this) {
                    underWay--;
                  }
                  sendNext(); // before those that were waited for wake up
                  settle(together, reply, failure);
                });
      }
    }

    /** As many as fit into one message; none while enough are under way. */
    private synchronized List<Waiting> next() {
      List<Waiting> next = new ArrayList<>();
      if (underWay < mostUnderWay) {
        int bytes = 0;
        for (Waiting first = waiting.peek(); first != null; first = waiting.peek()) {
          bytes += first.request.length;
          if (bytes > Settings.PIECE_BYTES && !next.isEmpty()) {
            break;
          }
          next.add(waiting.remove());
        }
        underWay += next.isEmpty() ? 0 : 1;
      }
      return next;
    }

    private CompletableFuture<Reply> sendTogether(List<Waiting> together) {
      byte[] bytes =
          together.size() == 1
              ? together.getFirst().request
              : Wire.REQUEST.bytes(
                  new Request.Several(together.stream().map(Waiting::request).toList()));
      try {
        return sender.send(leader, Wire.message(bytes));
      } catch (IOException | RuntimeException e) {
        return CompletableFuture.failedFuture(e);
      }
    }
  }

  private static void settle(
      List<Waiting> together, @Nullable Reply reply, @Nullable Throwable failure) {
    for (int i = 0; i < together.size(); i++) {
      CompletableFuture<Reply> waiting = together.get(i).reply;
      if (failure != null) {
        waiting.completeExceptionally(failure);
      } else if (reply instanceof Reply.Several(List<byte[]> replies)) {
        waiting.complete(Wire.REPLY.value(replies.get(i)));
      } else {
        waiting.complete(reply);
      }
    }
  }
}
