package dev.espora.ratis;

import dev.espora.db.DatabaseException;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * Asks the leader of one Raft group, whichever node it is: this one by a call, another one by
 * message. Goes on asking while leaders change, for a bounded time.
 *
 * <p>Safe for use by any number of threads. An interrupt does not end a wait; it is kept.
 */
final class Group {
  /** After so long without an answer the leader is asked anew. */
  private static final long ATTEMPT_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** How long to wait for news of a leader before asking the same one again, at first and later. */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private static final long MOST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(80);

  /** Where no message is saved by waiting, a second entry is decided while one is synced. */
  private static final int MOST_ENTRIES_ALONE = 2;

  private final int number;
  private final RaftServer server;
  private final RaftServer.Division division;
  private final RaftGroupId id;
  private final GroupMachine machine;
  private final Connections connections;
  private final AtomicLong calls;
  private final Map<Way, Bundles> bundles;
  private volatile CompletableFuture<@Nullable Void> changed = new CompletableFuture<>();
  private volatile boolean closed;

  /** How a request is answered. */
  enum Way {
    /** By what the group agrees on. */
    ENTRY,
    /** By who believes to lead, which the question may make it confirm. */
    AT_ONCE,
    /** By another node that leads, once the group agrees to what that one makes of it. */
    DECISION;

    private RaftClientRequest.Type type() {
      return switch (this) {
        case ENTRY -> RaftClientRequest.writeRequestType();
        case AT_ONCE, DECISION -> RaftClientRequest.staleReadRequestType(0);
      };
    }
  }

  /**
   * @param connections of all groups of this node
   * @param calls numbers its messages
   */
  Group(
      int number,
      RaftServer server,
      RaftServer.Division division,
      GroupMachine machine,
      Connections connections,
      AtomicLong calls) {
    this.number = number;
    this.server = server;
    this.division = division;
    this.id = division.getMemberId().getGroupId();
    this.machine = machine;
    this.connections = connections;
    this.calls = calls;
    int entries = division.getRaftConf().getAllPeers().size() == 1 ? MOST_ENTRIES_ALONE : 1;
    this.bundles =
        Map.of(
            Way.ENTRY,
            new Bundles(entries, (leader, message) -> send(leader, message, Way.ENTRY)),
            Way.DECISION,
            new Bundles(1, (leader, message) -> send(leader, message, Way.DECISION)));
  }

  int number() {
    return number;
  }

  GroupMachine machine() {
    return machine;
  }

  RaftServer.Division division() {
    return division;
  }

  /** Called when another node leads, when this one begins to, and when it is over. */
  void leaderChanged() {
    CompletableFuture<@Nullable Void> before = changed;
    changed = new CompletableFuture<>();
    before.complete(null);
  }

  /**
   * Asks until there is an answer.
   *
   * @throws DatabaseException.Busy if there was none in time, and the request has had no effect
   * @throws DatabaseException.OutcomeUnknown if there was none in time, and it may have had one or
   *     still get it
   * @throws DatabaseException.Closed if the node was closed
   */
  Reply ask(Request request, Way way, Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    long pause = PAUSE_NANOS;
    boolean sent = false;
    String problem = "no node leads";
    while (true) {
      CompletableFuture<@Nullable Void> news = changed;
      if (closed) {
        throw new DatabaseException.Closed("the database was closed");
      }
      RaftPeerId leader = leader();
      if (leader != null && way == Way.DECISION && isSelf(leader)) {
        return new Reply.Undecided();
      }
      if (leader != null) {
        sent = true;
        try {
          Reply reply = attempt(leader, request, way, news, deadline);
          switch (reply) {
            case Reply.NotLeading _ -> problem = "node " + leader + " does not lead";
            case Reply.UnderWay _ -> problem = "node " + leader + " is still deciding";
            default -> {
              return reply;
            }
          }
        } catch (IOException e) {
          problem = "node " + leader + ": " + e.getMessage();
        }
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw late(sent && way != Way.AT_ONCE, problem, atMost);
      }
      await(news, Math.min(left, pause));
      pause = news.isDone() ? PAUSE_NANOS : Math.min(2 * pause, MOST_PAUSE_NANOS);
    }
  }

  private static DatabaseException late(boolean mayHaveEffect, String problem, Duration atMost) {
    String text = "no answer from a majority within " + atMost.toMillis() + " ms: " + problem;
    return mayHaveEffect
        ? new DatabaseException.OutcomeUnknown(
            text + "; whether the command took effect is unknown", null)
        : new DatabaseException.Busy(text + "; nothing was written");
  }

  @Nullable RaftPeerId leader() {
    return division.getInfo().getLeaderId();
  }

  boolean isSelf(RaftPeerId node) {
    return node.equals(server.getId());
  }

  private Reply attempt(
      RaftPeerId leader,
      Request request,
      Way way,
      CompletableFuture<@Nullable Void> news,
      long deadline)
      throws IOException {
    if (way == Way.AT_ONCE && isSelf(leader)) {
      return result(machine.answer(request), news, deadline);
    }
    Bundles together = bundles.get(way);
    CompletableFuture<Reply> reply =
        together == null
            ? send(leader, Wire.REQUEST.message(request), way)
            : together.send(leader, request);
    return result(reply, news, deadline);
  }

  /** Asks one node, once. */
  CompletableFuture<Reply> send(RaftPeerId node, Message message, Way way) throws IOException {
    RaftClientRequest request =
        RaftClientRequest.newBuilder()
            .setClientId(connections.id())
            .setServerId(node)
            .setGroupId(id)
            .setCallId(calls.incrementAndGet())
            .setMessage(message)
            .setType(way.type())
            .build();
    CompletableFuture<RaftClientReply> reply =
        isSelf(node) ? server.submitClientRequestAsync(request) : connections.send(request);
    return reply.thenCompose(Group::value);
  }

  private static CompletableFuture<Reply> value(RaftClientReply reply) {
    return reply.isSuccess()
        ? CompletableFuture.completedFuture(Wire.REPLY.value(reply.getMessage().getContent()))
        : CompletableFuture.failedFuture(reply.getException());
  }

  private static Reply result(
      CompletableFuture<Reply> reply, CompletableFuture<@Nullable Void> news, long deadline)
      throws IOException {
    long most = Math.min(ATTEMPT_NANOS, deadline - System.nanoTime());
    await(CompletableFuture.anyOf(reply, news), most);
    if (!reply.isDone()) {
      throw new IOException("no answer");
    }
    try {
      return reply.join();
    } catch (RuntimeException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw cause instanceof IOException known ? known : new IOException(cause.toString(), cause);
    }
  }

  /**
   * Asks a certain node, once.
   *
   * @throws IOException if it does not answer in time
   */
  Reply askOnce(RaftPeer node, Request request, long mostNanos) throws IOException {
    learn(List.of(node));
    CompletableFuture<Reply> reply = send(node.getId(), Wire.REQUEST.message(request), Way.AT_ONCE);
    return result(reply, new CompletableFuture<>(), System.nanoTime() + mostNanos);
  }

  /** Makes the addresses of nodes known, which may have joined since the start. */
  void learn(Collection<RaftPeer> nodes) {
    connections.learn(nodes.stream().filter(each -> !isSelf(each.getId())).toList());
  }

  /** How this node is doing. */
  Reply.Status status(int groups, long applied, Map<String, UUID> lives, Map<String, Long> ends) {
    DivisionInfo info = division.getInfo();
    Map<String, String> members = new HashMap<>();
    division
        .getRaftConf()
        .getAllPeers()
        .forEach(each -> members.put(each.getId().toString(), each.getAddress()));
    RaftPeerId leader = info.getLeaderId();
    RaftLog log = division.getRaftLog();
    long begin = log.getStartIndex();
    return new Reply.Status(
        server.getId().toString(),
        groups,
        info.getCurrentRole().name().toLowerCase(Locale.ROOT),
        info.getCurrentTerm(),
        leader == null ? "" : leader.toString(),
        members,
        begin == RaftLog.INVALID_LOG_INDEX ? log.getNextIndex() : begin,
        log.getFlushIndex(),
        log.getLastCommittedIndex(),
        applied,
        lives,
        ends);
  }

  /** Waits until a future is done, however; an interrupt does not end the wait. */
  static void await(CompletableFuture<?> future, long mostNanos) {
    long deadline = System.nanoTime() + mostNanos;
    boolean interrupted = false;
    while (!future.isDone()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        break;
      }
      try {
        var _ = future.get(left, TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException | TimeoutException e) {
        // whoever waits looks at the future
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether this node has let go of all files of the group. */
  boolean isClosed() {
    return machine.isClosed() && division.getInfo().getLifeCycleState() == LifeCycle.State.CLOSED;
  }

  /** Lets those who wait go. */
  void close() {
    closed = true;
    leaderChanged();
  }
}
