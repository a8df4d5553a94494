package dev.espora.ratis;

import dev.espora.db.DatabaseException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.MD5FileUtil;
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
  private final String self;
  private final Path directory;
  private final Consumer<String> failed;
  private final Runnable leaderChanged;
  private final SimpleStateMachineStorage snapshots = new SimpleStateMachineStorage();
  private final Turns turns = new Turns(System::nanoTime);
  private volatile Replica replica;
  private volatile Catalog catalog;
  private volatile @Nullable Leadership leadership;
  private volatile boolean broken;

  /** Who waits for entries to be applied, by their index. */
  private final NavigableMap<Long, CompletableFuture<@Nullable Void>> waiting = new TreeMap<>();

  /**
   * @param directory of the copy
   * @param failed told, in one line, what this node cannot go on after
   * @param leaderChanged called when another node leads
   */
  GroupMachine(
      String self,
      Path directory,
      ScheduledExecutorService background,
      Consumer<String> failed,
      Runnable leaderChanged) {
    this.self = self;
    this.directory = directory;
    this.failed = failed;
    this.leaderChanged = leaderChanged;
    this.replica = new Replica(directory, background);
    this.catalog = new Catalog(replica);
  }

  Replica replica() {
    return replica;
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

  @Override
  public void reinitialize() throws IOException {
    getLifeCycle().transition(LifeCycle.State.STARTING);
    load();
    getLifeCycle().transition(LifeCycle.State.RUNNING);
  }

  private void load() throws IOException {
    SingleFileSnapshotInfo newest = snapshots.loadLatestSnapshot();
    if (newest == null) {
      return;
    }
    Path file = newest.getFile().getPath();
    MD5FileUtil.verifySavedMD5(file.toFile(), MD5FileUtil.computeMd5ForFile(file.toFile()));
    Catalog.Image image = Wire.IMAGE.value(Files.readAllBytes(file));
    image
        .partitions()
        .forEach((name, each) ->
            replica.open(name, each.kind(), each.schemas().getFirst()).checkReaches(each.end()));
    catalog.load(image);
    setLastAppliedTermIndex(TermIndex.valueOf(newest.getTerm(), newest.getIndex()));
  }

  @Override
  public StateMachineStorage getStateMachineStorage() {
    return snapshots;
  }

  @Override
  public long takeSnapshot() throws IOException {
    TermIndex at = getLastAppliedTermIndex();
    if (broken || applied() < 0) {
      return RaftLog.INVALID_LOG_INDEX;
    }
    try {
      byte[] image = Wire.IMAGE.bytes(catalog.image());
      replica.sync();
      store(at, image);
      return at.getIndex();
    } catch (RuntimeException | Error e) { // Ratis would call again and again
      fail("its copy of the data cannot be synced: " + e);
      return RaftLog.INVALID_LOG_INDEX;
    }
  }

  private void store(TermIndex at, byte[] image) throws IOException {
    File file = snapshots.getSnapshotFile(at.getTerm(), at.getIndex());
    Path building = directory.resolveSibling(directory.getFileName() + ".snapshot");
    Durably.write(building, image);
    MD5Hash checksum = MD5FileUtil.computeMd5ForFile(building.toFile());
    Files.move(building, file.toPath(), StandardCopyOption.ATOMIC_MOVE);
    MD5FileUtil.saveMD5File(file, checksum);
    Durably.syncDirectory(file.getAbsoluteFile().getParentFile().toPath());
    snapshots.updateLatestSnapshot(
        new SingleFileSnapshotInfo(
            new FileInfo(file.toPath(), checksum), at.getTerm(), at.getIndex()));
  }

  @Override
  public void close() throws IOException {
    super.close();
    getLifeCycle().checkStateAndClose(() -> replica.close());
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
    try {
      reply = broken ? new Reply.NotLeading() : apply(entry);
    } catch (RuntimeException | Error e) {
      fail("an entry cannot be applied: " + e);
      reply = new Reply.NotLeading(); // it counts: another node will say how it went
    }
    if (!broken) {
      applied(entry.getTerm(), entry.getIndex());
    }
    return CompletableFuture.completedFuture(Wire.REPLY.message(reply));
  }

  private Reply apply(LogEntryProto entry) {
    Request request = Wire.REQUEST.value(entry.getStateMachineLogEntry().getLogData());
    Reply reply = catalog.apply(request);
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
      case Request.End end -> confirmed(() -> end(end.partition(), end.from()));
      case Request.Lookup lookup -> confirmed(() -> catalog.known(lookup.partition()));
      case Request.Applied _ -> confirmed(() -> new Reply.Index(applied()));
      case Request.Term _ -> CompletableFuture.completedFuture(new Reply.Term(term()));
      default -> CompletableFuture.completedFuture(new Reply.Refused("an entry is no question"));
    };
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
                : reached(committed).thenApply(_ -> answer.get()));
  }

  /** Gives this machine the means to confirm that it leads. */
  void confirmBy(Leadership leadership) {
    this.leadership = leadership;
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
  }

  /** Nothing is purged that a node is known to lack, but not every node knows of all others. */
  @Override
  public CompletableFuture<@Nullable TermIndex> notifyInstallSnapshotFromLeader(
      RoleInfoProto role, TermIndex first) {
    fail("it lacks entries that the others have purged, up to " + first.getIndex());
    return CompletableFuture.completedFuture(null);
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
    updateLastAppliedTermIndex(term, index);
    NavigableMap<Long, CompletableFuture<@Nullable Void>> done;
    synchronized (waiting) {
      if (waiting.isEmpty() || waiting.firstKey() > index) {
        return;
      }
      done = new TreeMap<>(waiting.headMap(index, true));
      waiting.keySet().removeAll(done.keySet());
    }
    done.values().forEach(each -> each.complete(null));
  }

  /** Is done once this node has applied an entry. */
  private CompletableFuture<@Nullable Void> reached(long index) {
    synchronized (waiting) {
      return applied() >= index
          ? CompletableFuture.completedFuture(null)
          : waiting.computeIfAbsent(index, _ -> new CompletableFuture<>());
    }
  }

  /** The last entry that was applied here, -1 if none was. */
  private long applied() {
    @Nullable TermIndex last = getLastAppliedTermIndex();
    return last == null ? -1 : last.getIndex();
  }

  /**
   * Waits until this node has applied an entry.
   *
   * @throws DatabaseException.Busy if it has not in time
   */
  void awaitApplied(long index, long mostNanos) {
    CompletableFuture<?> reached = reached(index);
    Group.await(reached, mostNanos);
    if (!reached.isDone()) {
      throw new DatabaseException.Busy(
          "node " + self + " has not caught up with the others within the configured time");
    }
  }
}
