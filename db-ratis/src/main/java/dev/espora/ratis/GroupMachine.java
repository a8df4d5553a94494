package dev.espora.ratis;

import dev.espora.db.DatabaseException;
import dev.espora.db.Forwarder;
import dev.espora.db.Journal;
import dev.espora.db.PartitionKind;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.ProtoUtils;
import org.jspecify.annotations.Nullable;

/**
 * One Raft group on this node: applies what was agreed on to the catalog and to the copy in files,
 * and answers questions.
 *
 * <p>A snapshot is an image of the catalog; the copy, synced before, is at least as far. Nothing
 * that Ratis calls here throws because of a request: what cannot be done is an answer, and what
 * must not fail ends the node.
 */
final class GroupMachine extends BaseStateMachine {
  /** How long the leader may take for each answer about a copy. */
  private static final long COPY_ANSWER_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final String self;
  private final int groups;
  private final CopyDirectory directory;
  private final ScheduledExecutorService background;
  private final LogMark mark;
  private final Consumer<String> failed;
  private final Runnable leaderChanged;
  private final CatalogSnapshots snapshots;
  private final CopySource source;
  private final CopyArrival arrival;
  private final Milestones milestones = new Milestones(this::applied);
  private final Deciders deciders = new Deciders();
  private final Turns turns = new Turns(System::nanoTime);
  private final Object entries = new Object();
  private volatile Replica replica;
  private volatile Catalog catalog;
  private volatile @Nullable Group group;
  private volatile @Nullable Leadership leadership;
  private volatile boolean broken;

  /** How many journals rely on the copy that is there. */
  private int openings;

  /**
   * @param directory of the copy
   * @param mark told how far the Raft log is agreed on
   * @param failed told, in one line, what this node cannot go on after
   * @param leaderChanged called when another node leads, or this one begins to
   */
  GroupMachine(
      NodeConfig config,
      CopyDirectory directory,
      LogMark mark,
      ScheduledExecutorService background,
      Consumer<String> failed,
      Runnable leaderChanged)
      throws IOException {
    this.self = config.node();
    this.groups = config.groups();
    this.directory = directory;
    this.background = background;
    this.mark = mark;
    this.failed = failed;
    this.leaderChanged = leaderChanged;
    this.snapshots = new CatalogSnapshots(directory.building());
    this.source = new CopySource(directory, this::image);
    this.arrival = new CopyArrival(self, directory);
    directory.recover();
    this.replica = new Replica(directory.current(), background);
    this.catalog = new Catalog(replica);
  }

  Replica replica() {
    return replica;
  }

  /** Tells it how to reach the others. */
  void join(Group group) {
    this.leadership = new Leadership(group);
    this.group = group;
  }

  /**
   * A partition of the copy.
   *
   * @param copy with a cursor of its own
   */
  record Opening(ReplicaLog log, Journal copy) {}

  /** Opens a partition, and keeps the copy in its place until {@link #closed} is called. */
  synchronized Opening open(String partition, PartitionKind kind, String schema) {
    Opening opening =
        new Opening(
            replica.open(partition, kind, schema), replica.journal(partition, kind, schema));
    openings++;
    return opening;
  }

  synchronized void closed() {
    openings--;
  }

  // --- commands of other nodes

  /** Where this node's partitions offer to decide them. */
  Deciders deciders() {
    return deciders;
  }

  /** What the partition holds of a group of commands, as far as this node has come. */
  Forwarder.@Nullable Answers answers(String partition, Forwarder.Ticket ticket) {
    return catalog.answers(partition, ticket);
  }

  /** Where the log of a partition ends, as far as this node has come; its copy may be ahead. */
  long end(String partition) {
    return catalog.end(partition);
  }

  // --- life cycle

  @Override
  public void initialize(RaftServer server, RaftGroupId group, RaftStorage storage)
      throws IOException {
    super.initialize(server, group, storage);
    snapshots.init(storage);
    getLifeCycle().transition(LifeCycle.State.STARTING);
    load();
    getLifeCycle().transition(LifeCycle.State.RUNNING);
  }

  @Override
  public void pause() {
    getLifeCycle().transition(LifeCycle.State.PAUSING);
    getLifeCycle().transition(LifeCycle.State.PAUSED);
  }

  /** Called once what {@link #notifyInstallSnapshotFromLeader} has fetched is to take over. */
  @Override
  public void reinitialize() throws IOException {
    getLifeCycle().transition(LifeCycle.State.STARTING);
    try {
      CatalogImage arrived = arrival.take().orElse(null);
      if (arrived != null) {
        install(arrived);
      }
      load();
    } catch (IOException | RuntimeException e) {
      fail("a copy of another node's data cannot be installed: " + e.getMessage());
      throw e;
    }
    getLifeCycle().transition(LifeCycle.State.RUNNING);
  }

  /** The files first, since they may be ahead of the catalog. */
  private synchronized void install(CatalogImage arrived) throws IOException {
    if (openings > 0) {
      throw new IOException("a partition is open; it can when the node is started again");
    }
    replica.close();
    directory.replace();
    replica = new Replica(directory.current(), background);
    catalog = new Catalog(replica);
    snapshots.store(arrived);
    directory.forgetArrived();
  }

  private void load() throws IOException {
    CatalogSnapshots.Snapshot newest = snapshots.newest().orElse(null);
    if (newest == null) {
      return;
    }
    newest
        .image()
        .partitions()
        .forEach((name, each) ->
            replica.reopen(name, each.kind(), each.schemas().getFirst(), each.end()));
    catalog.load(newest.image());
    applied(newest.at().getTerm(), newest.at().getIndex());
  }

  @Override
  public StateMachineStorage getStateMachineStorage() {
    return snapshots.storage();
  }

  @Override
  public long takeSnapshot() {
    TermIndex at = getLastAppliedTermIndex();
    if (broken || applied() < 0) {
      return RaftLog.INVALID_LOG_INDEX;
    }
    try {
      CatalogImage image = new CatalogImage(Wire.IMAGE.bytes(catalog.image()), at);
      replica.sync();
      mark.sync();
      snapshots.store(image);
      return at.getIndex();
    } catch (IOException | RuntimeException | Error e) { // Ratis would call again and again
      fail("its copy of the data cannot be synced: " + reason(e));
      return RaftLog.INVALID_LOG_INDEX;
    }
  }

  /** Called now and then. */
  void watch() {
    source.dropIdle();
  }

  /** The catalog as it is, for a copy. */
  private CatalogImage image() {
    synchronized (entries) {
      @Nullable TermIndex at = getLastAppliedTermIndex();
      if (broken || at == null || at.getIndex() < 0) {
        throw new DatabaseException.Busy("node " + self + " has nothing to copy");
      }
      return new CatalogImage(Wire.IMAGE.bytes(catalog.image()), at);
    }
  }

  @Override
  public void close() throws IOException {
    super.close();
    getLifeCycle()
        .checkStateAndClose(() -> {
          replica.close();
          mark.close();
        });
  }

  /** Whether the copy was let go of. */
  boolean isClosed() {
    return getLifeCycleState() == LifeCycle.State.CLOSED;
  }

  // --- entries

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    LogEntryProto entry = transaction.getLogEntry();
    Reply reply;
    synchronized (entries) {
      try {
        reply = broken ? new Reply.NotLeading() : apply(entry);
      } catch (RuntimeException | Error e) {
        fail("an entry cannot be applied: " + reason(e));
        reply = new Reply.NotLeading(); // it counts: another node will say how it went
      }
      if (!broken) {
        note(entry.getTerm(), entry.getIndex());
      }
    }
    if (!broken) {
      milestones.reach(entry.getIndex());
    }
    return CompletableFuture.completedFuture(Wire.REPLY.message(reply));
  }

  private Reply apply(LogEntryProto entry) {
    return apply(
        Wire.REQUEST.value(entry.getStateMachineLogEntry().getLogData()), entry.getIndex());
  }

  private Reply apply(Request request, long index) {
    if (request instanceof Request.Several(List<byte[]> requests)) {
      return new Reply.Several(
          requests.stream()
              .map(each -> Wire.REPLY.bytes(apply(Wire.REQUEST.value(each), index)))
              .toList());
    }
    Reply reply = catalog.apply(request);
    if (request instanceof Request.Join && reply instanceof Reply.Done) {
      return new Reply.Index(index);
    }
    if (request instanceof Request.Append append) {
      turns.give(append.partition(), append.node());
    }
    return reply;
  }

  private void fail(String why) {
    if (!broken) {
      broken = true;
      failed.accept(why);
    }
  }

  private static String reason(Throwable failure) {
    return failure instanceof DatabaseException known
        ? String.valueOf(known.getMessage())
        : failure.toString();
  }

  // --- questions

  @Override
  public CompletableFuture<Message> query(Message message) {
    try {
      Request request = Wire.REQUEST.value(message.getContent());
      return answer(request).thenApply(Wire.REPLY::message);
    } catch (RuntimeException e) {
      return CompletableFuture.completedFuture(
          Wire.REPLY.message(new Reply.Refused(String.valueOf(e.getMessage()))));
    }
  }

  /**
   * Answers a question, by the state of the moment or, where it matters, by one that is confirmed.
   */
  CompletableFuture<Reply> answer(Request request) {
    return switch (request) {
      case Request.TakeTurn take when isLeading() ->
          turns
              .take(take.partition(), take.node(), take.waits())
              .thenApply(holder ->
                  holder.equals(take.node())
                      ? end(take.partition(), take.from())
                      : new Reply.Held(holder));
      case Request.TakeTurn _ -> CompletableFuture.completedFuture(new Reply.NotLeading());
      case Request.GiveTurn give -> {
        turns.give(give.partition(), give.node());
        yield CompletableFuture.completedFuture(new Reply.Done());
      }
      case Request.Several(List<byte[]> requests) -> answerAll(requests);
      case Request.Forward forward when isLeading() -> deciders.decide(forward);
      case Request.Forward _ -> CompletableFuture.completedFuture(new Reply.NotLeading());
      case Request.End end -> confirmed(() -> end(end.partition(), end.from()));
      case Request.Lookup lookup -> confirmed(() -> catalog.known(lookup.partition()));
      case Request.Applied _ -> confirmed(() -> new Reply.Index(applied()));
      case Request.Term _ -> CompletableFuture.completedFuture(new Reply.Term(term()));
      case Request.Status _ -> CompletableFuture.completedFuture(status());
      case Request.PrepareCopy prepare -> source.prepare(prepare.transfer());
      case Request.CopyPiece piece ->
          CompletableFuture.completedFuture(
              source.piece(piece.transfer(), piece.file(), piece.offset()));
      case Request.DropCopy drop -> {
        source.drop(drop.transfer());
        yield CompletableFuture.completedFuture(new Reply.Done());
      }
      default -> CompletableFuture.completedFuture(new Reply.Refused("an entry is no question"));
    };
  }

  private CompletableFuture<Reply> answerAll(List<byte[]> requests) {
    List<CompletableFuture<Reply>> replies =
        requests.stream().map(each -> answer(Wire.REQUEST.value(each))).toList();
    return CompletableFuture.allOf(replies.toArray(CompletableFuture<?>[]::new))
        .thenApply(_ ->
            new Reply.Several(
                replies.stream().map(each -> Wire.REPLY.bytes(each.resultNow())).toList()));
  }

  /** Answers once this node is known to lead, and has applied what it had committed before. */
  private CompletableFuture<Reply> confirmed(Supplier<Reply> answer) {
    Leadership known = leadership;
    if (known == null) {
      return CompletableFuture.completedFuture(new Reply.NotLeading());
    }
    return known
        .confirm()
        .thenCompose(committed ->
            committed == Leadership.NONE
                ? CompletableFuture.completedFuture(new Reply.NotLeading())
                : milestones.reached(committed).thenApply(_ -> answer.get()));
  }

  private Reply status() {
    Group known = group;
    return known == null
        ? new Reply.NotLeading()
        : known.status(groups, applied(), catalog.lives(), catalog.ends());
  }

  private boolean isLeading() {
    return division().map(each -> each.getInfo().isLeaderReady()).orElse(false);
  }

  private long term() {
    return division().map(each -> each.getInfo().getCurrentTerm()).orElse(-1L);
  }

  private Optional<RaftServer.Division> division() {
    try {
      return Optional.of(getServer().join().getDivision(getGroupId()));
    } catch (IOException e) {
      return Optional.empty(); // it was closed
    }
  }

  private Reply end(String partition, long from) {
    long end = catalog.end(partition);
    ReplicaLog log = replica.log(partition);
    if (end < 0 || log == null) {
      return new Reply.Refused("there is no partition " + partition);
    }
    return new Reply.At(end, from < end ? log.since(from) : List.of());
  }

  // --- events

  @Override
  public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
    leaderChanged.run();
    if (arrival.isTooLateFor(leader)) {
      fail(
          "another node leads since a copy was fetched; when it is started again it goes on from"
              + " there");
    }
  }

  /** Who was told that this node does not lead yet need not wait any longer. */
  @Override
  public void notifyLeaderReady() {
    leaderChanged.run();
  }

  @Override
  public void notifyConfigurationChanged(long term, long index, RaftConfigurationProto members) {
    Group known = group;
    if (known != null) {
      known.learn(members.getPeersList().stream().map(ProtoUtils::toRaftPeer).toList());
    }
  }

  /**
   * Fetches a copy from the leader, if its Raft log does not reach back to where this node is. A
   * leader that has to begin anew with a node, since its thread for it has failed, calls for one
   * even if nothing is lacking.
   *
   * @return the last entry that is in the copy; null where none is needed or can be taken over;
   *     fails where it cannot be fetched now, and Ratis asks again
   */
  @Override
  public CompletableFuture<@Nullable TermIndex> notifyInstallSnapshotFromLeader(
      RoleInfoProto role, TermIndex first) {
    long next = division().map(each -> each.getRaftLog().getNextIndex()).orElse(0L);
    if (broken || first.getIndex() <= next) {
      return CompletableFuture.completedFuture(null);
    }
    synchronized (this) {
      if (openings > 0) {
        fail(
            "it lacks entries that the others have let go of, up to "
                + first.getIndex()
                + "; when it is started again it fetches a copy");
        return CompletableFuture.completedFuture(null);
      }
    }
    Group known = group;
    if (known == null || !role.hasFollowerInfo()) {
      return CompletableFuture.completedFuture(null);
    }
    RaftPeer leader = ProtoUtils.toRaftPeer(role.getFollowerInfo().getLeaderInfo().getId());
    return arrival.fetch(
        leader.getId(), request -> known.askOnce(leader, request, COPY_ANSWER_NANOS));
  }

  @Override
  public void notifyLogFailed(Throwable cause, LogEntryProto entry) {
    fail("its Raft log cannot be written: " + cause);
  }

  @Override
  public void notifyTermIndexUpdated(long term, long index) {
    applied(term, index);
  }

  private void applied(long term, long index) {
    note(term, index);
    milestones.reach(index);
  }

  private void note(long term, long index) {
    try {
      mark.reach(index);
      updateLastAppliedTermIndex(term, index);
    } catch (DatabaseException e) {
      fail(String.valueOf(e.getMessage()));
    }
  }

  /** The last entry that was applied here, -1 if none was. */
  private long applied() {
    @Nullable TermIndex last = getLastAppliedTermIndex();
    return last == null ? -1 : last.getIndex();
  }

  /** Grows while this node catches up: by each entry, and each step of a copy that comes in. */
  long progress() {
    return applied() + arrival.steps();
  }

  /**
   * Waits until this node has applied an entry.
   *
   * @throws DatabaseException.Busy if it has not in time
   */
  void awaitApplied(long index, long mostNanos) {
    CompletableFuture<?> reached = milestones.reached(index);
    Group.await(reached, mostNanos);
    if (!reached.isDone()) {
      throw new DatabaseException.Busy(
          "node " + self + " has not caught up with the others within the configured time");
    }
  }
}
