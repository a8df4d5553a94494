package dev.espora.ratis;

import dev.espora.db.DatabaseException;
import dev.espora.db.DatabaseException.StorageFailed;
import dev.espora.db.Forwarder;
import dev.espora.db.Journal;
import dev.espora.db.Medium;
import dev.espora.db.PartitionKind;
import dev.espora.db.codec.Codec;
import dev.espora.db.codec.Schema;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * This node, running: a Ratis server with all groups, and the partitions spread over them by their
 * names.
 */
final class RatisNode implements Medium.Journals {
  private static final System.Logger LOG = System.getLogger("dev.espora.ratis");
  private static final long WATCH_MILLIS = 500;

  /** Who joins waits for a person. */
  private static final Duration JOIN_WAIT = Duration.ofMinutes(10);

  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long ATTEMPT_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private final NodeConfig config;
  private final Settings settings;
  private final ScheduledExecutorService background =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("espora-ratis-", 0).daemon().factory());
  private final List<Group> groups = new ArrayList<>();
  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
  private volatile boolean started;

  /** Grows with each start. */
  private volatile long incarnation;

  private final AtomicLong tickets = new AtomicLong();
  private final AtomicBoolean closed = new AtomicBoolean();
  private @Nullable Thread stopping;
  private final RaftServer server;
  private final RaftClient client;
  private final Silence silence;

  private RatisNode(NodeConfig config, NodeDirectory directory) throws IOException {
    this.config = config;
    RatisLog.nodeStarts();
    this.settings = new Settings(config);
    File storage = config.data().resolve("raft").toFile();
    RaftProperties properties = settings.properties(storage);
    Parameters parameters = settings.parameters();
    ThreadGroup threads =
        new ThreadGroup("ratis-" + config.node()) {
          @Override
          public void uncaughtException(Thread thread, Throwable problem) {
            fail("its thread " + thread.getName() + " has died: " + problem);
          }
        };
    GroupMachine[] machines = new GroupMachine[config.groups()];
    this.server =
        RaftServer.newBuilder()
            .setServerId(RaftPeerId.valueOf(config.node()))
            .setStateMachineRegistry(group -> {
              int number = number(group);
              machines[number] = machine(number);
              return machines[number];
            })
            .setProperties(properties)
            .setParameters(parameters)
            .setOption(RaftStorage.StartupOption.RECOVER)
            .setThreadGroup(threads)
            .build();
    this.client =
        RaftClient.newBuilder()
            .setClientId(ClientId.randomId())
            .setRaftGroup(settings.members(0))
            .setProperties(properties)
            .setParameters(parameters)
            .build();
    this.silence = new Silence(server);
    startServer();
    try {
      addGroups(directory, machines, new Connections(client));
    } catch (IOException | RuntimeException | Error e) {
      close();
      throw e;
    }
    var _ =
        background.scheduleWithFixedDelay(
            this::watch, WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void addGroups(NodeDirectory directory, GroupMachine[] machines, Connections connections)
      throws IOException {
    AtomicLong calls = new AtomicLong();
    for (int number = 0; number < config.groups(); number++) {
      RaftGroupId id = settings.group(number);
      addIfMissing(directory.joined() ? RaftGroup.valueOf(id) : settings.members(number));
      RaftServer.Division division = server.getDivision(id);
      Group group = new Group(number, server, division, machines[number], connections, calls);
      group.learn(division.getRaftConf().getAllPeers());
      machines[number].join(group);
      groups.add(group);
    }
  }

  /** What keeps Ratis from starting is often of our own making. */
  private void startServer() throws IOException {
    try {
      server.start();
    } catch (IOException | RuntimeException e) {
      background.shutdown();
      stopRatis();
      for (Throwable each = e; each != null; each = each.getCause()) {
        if (each instanceof DatabaseException known) {
          throw known;
        }
      }
      throw e;
    }
  }

  private GroupMachine machine(int number) {
    CopyDirectory copy = CopyDirectory.of(config, number);
    LogMark mark = LogMark.open(LogMark.file(config.data(), number));
    return StorageFailed.call(() ->
        new GroupMachine(config, copy, mark, background, this::fail, () -> leaderChanged(number)));
  }

  private int number(RaftGroupId group) {
    for (int number = 0; number < config.groups(); number++) {
      if (settings.group(number).equals(group)) {
        return number;
      }
    }
    throw new IllegalStateException(
        config.data() + " holds a group that is none of the " + config.groups() + " configured");
  }

  private void addIfMissing(RaftGroup members) throws IOException {
    for (RaftGroupId known : server.getGroupIds()) {
      if (known.equals(members.getGroupId())) {
        return;
      }
    }
    RaftClientReply reply =
        server.groupManagement(
            GroupManagementRequest.newAdd(ClientId.randomId(), server.getId(), 1, members, true));
    if (!reply.isSuccess()) {
      throw new IOException("group " + members + " cannot be added", reply.getException());
    }
  }

  private void leaderChanged(int number) {
    if (number < groups.size()) {
      groups.get(number).leaderChanged();
    }
  }

  /** Starts a node and waits until it has caught up. */
  static RatisNode start(NodeConfig config) {
    config.tls().ifPresent(Certificates::read); // what is wrong there is told before all else
    return StorageFailed.call(() -> {
      Optional<NodeDirectory> known = NodeDirectory.of(config);
      NodeDirectory directory = known.isPresent() ? known.get() : new Newcomer(config).begin();
      Durably.write(
          config.data().resolve(NodeDirectory.SETTINGS),
          config.text().getBytes(StandardCharsets.UTF_8));
      NodeConfig settled = config.withGroups(directory.groups());
      CopyTakeover.finish(settled);
      RaftFiles.check(settled, directory.joined());
      RatisNode node = new RatisNode(settled, directory);
      try {
        node.catchUp(known.isEmpty() && directory.joined());
        node.join(directory);
      } catch (DatabaseException.Busy e) {
        node.close();
        throw new PeerProbe(config).explain(e);
      } catch (RuntimeException | Error e) {
        node.close();
        throw e;
      }
      return node;
    });
  }

  private void catchUp(boolean joins) {
    Duration longest = config.startWait();
    if (joins) {
      longest = longest.compareTo(JOIN_WAIT) > 0 ? longest : JOIN_WAIT;
      LOG.log(
          System.Logger.Level.INFO,
          "node {0} waits to be added: espora db nodes … --add {0}={1}",
          config.node(),
          config.peers().get(config.node()));
    }
    for (Group group : groups) {
      Patience patience = new Patience(longest, group.machine()::progress);
      Reply reply =
          patiently(patience, most -> group.ask(new Request.Applied(), Group.Way.AT_ONCE, most));
      if (!(reply instanceof Reply.Index reached)) {
        throw new IllegalStateException("the leader does not say how far it is");
      }
      patiently(
          patience,
          most -> {
            group.machine().awaitApplied(reached.index(), most.toNanos());
            return reached;
          });
    }
    check();
    started = true;
  }

  /** Waits for no longer than a moment at a time, since this node may fail meanwhile. */
  private Reply patiently(Patience patience, Function<Duration, Reply> step) {
    while (true) {
      check();
      try {
        return step.apply(Duration.ofNanos(ATTEMPT_NANOS));
      } catch (DatabaseException.Busy e) {
        if (patience.isOver()) {
          throw new DatabaseException.Busy(
              e.getMessage() + " (nothing came for " + patience.longest().toSeconds() + " s)");
        }
      }
    }
  }

  /**
   * Tells the others who lives here. A directory that was emptied is another life.
   *
   * @throws DatabaseException.NotADatabase if the others know a node of this name with other data
   */
  private void join(NodeDirectory directory) {
    Request request = new Request.Join(config.node(), directory.life());
    incarnation =
        switch (groups.getFirst().ask(request, Group.Way.ENTRY, config.startWait())) {
          case Reply.Index(long index) -> index;
          case Reply.Refused(String why) ->
              throw new DatabaseException.NotADatabase(
                  config.data() + ": " + why + "; docs/replication.md says what to do");
          case Reply other -> throw new IllegalStateException("unexpected " + other);
        };
  }

  // --- failing

  /** Ends this node's part, with one line that says why, or with an exception while it starts. */
  void fail(String why) {
    if (!closed.get() && failure.compareAndSet(null, why)) {
      RatisLog.nodeEnds();
      if (started) {
        LOG.log(
            System.Logger.Level.ERROR,
            "node {0} stops: {1}; the other nodes go on without it",
            config.node(),
            why);
      }
      groups.forEach(Group::leaderChanged);
      stopRatis(); // or it would go on leading without doing anything
    }
  }

  private void watch() {
    if (closed.get() || isPoisoned()) {
      return;
    }
    for (Group group : groups) {
      LifeCycle.State state = group.division().getInfo().getLifeCycleState();
      if (state.isClosingOrClosed() || state == LifeCycle.State.EXCEPTION) {
        fail(
            "its Raft group "
                + group.number()
                + " was closed: it was removed from the cluster, or see above");
      }
      group.machine().watch();
      if (group.machine().replica().isPoisoned()) {
        fail("its copy of the data cannot be written");
      }
    }
    silence.look(groups);
  }

  /**
   * @throws DatabaseException.Poisoned if this node has failed
   */
  void check() {
    String why = failure.get();
    if (why != null) {
      throw new DatabaseException.Poisoned(
          "node " + config.node() + " has failed and must be started again: " + why);
    }
  }

  // --- partitions

  /** The one that a partition is in. */
  Group group(String partition) {
    return groups.get(Math.floorMod(partition.hashCode(), groups.size()));
  }

  String name() {
    return config.node();
  }

  /** For the next group of commands that this node forwards, of whatever partition. */
  Forwarder.Ticket ticket() {
    return new Forwarder.Ticket(config.node(), incarnation, tickets.incrementAndGet());
  }

  Duration patience() {
    return config.patience();
  }

  @Override
  public Journal open(String partition, PartitionKind kind, Codec<?> events) {
    check();
    Group group = group(partition);
    Optional<Medium.Stored> before = stored(partition);
    Medium.Stored wanted =
        before
            .map(known -> known.openedAs(partition, kind, events))
            .orElseGet(() -> new Medium.Stored(kind, events.schema()));
    if (before.isPresent() && before.get().schemas().equals(wanted.schemas())) {
      return new RatisJournal(this, group, partition, wanted);
    }
    Request request = new Request.Register(partition, kind, events.schema().toString());
    Medium.Stored agreed =
        known(group.ask(request, Group.Way.ENTRY, config.patience()))
            .map(known -> known.openedAs(partition, kind, events))
            .orElse(wanted);
    return new RatisJournal(this, group, partition, agreed);
  }

  @Override
  public Optional<Medium.Stored> stored(String partition) {
    check();
    return known(
        group(partition).ask(new Request.Lookup(partition), Group.Way.AT_ONCE, config.patience()));
  }

  private static Optional<Medium.Stored> known(Reply reply) {
    return switch (reply) {
      case Reply.Known known ->
          known
              .stored()
              .map(stored -> {
                List<Schema> schemas = stored.schemas().stream().map(Schema::parse).toList();
                return new Medium.Stored(stored.kind(), schemas, schemas.size() - 1);
              });
      default -> throw new IllegalStateException("unexpected " + reply);
    };
  }

  @Override
  public boolean isPoisoned() {
    return failure.get() != null;
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    RatisLog.nodeEnds();
    background.shutdown();
    groups.forEach(Group::close);
    Thread ending = stopRatis();
    long deadline = System.nanoTime() + CLOSE_NANOS;
    while (ending.isAlive() && !isGone() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(this, POLL_NANOS);
    }
  }

  private synchronized Thread stopRatis() {
    if (stopping == null) {
      stopping = Thread.ofPlatform().name("espora-ratis-close").daemon().start(this::closeRatis);
    }
    return stopping;
  }

  /** Takes two seconds longer than it matters, since Netty waits for stragglers. */
  private void closeRatis() {
    try (client) {
      server.close();
    } catch (IOException | RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "node {0} closes: {1}", config.node(), e);
    }
  }

  /** Whether files and port are free again. */
  private boolean isGone() {
    for (Group group : groups) {
      if (!group.isClosed()) {
        return false;
      }
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(settings.address());
      return server.getLifeCycleState().isClosingOrClosed();
    } catch (IOException e) {
      return false;
    }
  }
}
