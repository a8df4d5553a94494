package dev.espora.ratis;

import dev.espora.db.DatabaseException;
import dev.espora.db.tools.NodeStat;
import dev.espora.db.tools.NodeTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.ReconfigurationInProgressException;
import org.apache.ratis.protocol.exceptions.SetConfigurationException;
import org.apache.ratis.protocol.exceptions.TimeoutIOException;

/** Asks and changes the nodes of a cluster. */
final class RatisTools implements NodeTools {
  /** How long a change of members may take in a group. */
  private static final long CHANGE_NANOS = TimeUnit.MINUTES.toNanos(10);

  /** How long the nodes may take to agree on who leads. */
  private static final long ELECTION_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** How long a node that was just started may take to listen. */
  private static final long LISTEN_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final int CONNECT_MILLIS = 2000;

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final NodeConfig config;

  RatisTools(NodeConfig config) {
    this.config = config;
  }

  /** Makes them known to {@code espora db}. */
  public static final class Provider implements NodeTools.Provider {

    /** For the service loader. */
    public Provider() {}

    @Override
    public Optional<NodeTools> at(Path place) {
      if (Files.isDirectory(place)) {
        Path settings = place.resolve(NodeDirectory.SETTINGS);
        return NodeDirectory.isAt(place) && Files.exists(settings)
            ? Optional.of(new RatisTools(NodeConfig.read(settings)))
            : Optional.empty();
      }
      return place.toString().endsWith(".properties")
          ? Optional.of(new RatisTools(NodeConfig.read(place)))
          : Optional.empty();
    }
  }

  /** What all nodes that could be found say, by name, in the order of the groups. */
  private record Answers(Map<String, String> addresses, Map<String, List<Reply.Status>> statuses) {

    /** What the leader of a group says. */
    Optional<Reply.Status> leader(int group) {
      return statuses.values().stream()
          .filter(each -> group < each.size())
          .map(each -> each.get(group))
          .filter(each -> each.role().equals("leader"))
          .max((a, b) -> Long.compare(a.term(), b.term()));
    }

    int groups() {
      return statuses.values().stream()
          .flatMap(Collection::stream)
          .mapToInt(Reply.Status::groups)
          .max()
          .orElse(0);
    }
  }

  @Override
  public List<NodeStat> stat() {
    try (NodeClient client = new NodeClient(config)) {
      Answers answers = ask(client);
      return answers.addresses.entrySet().stream()
          .map(each -> {
            List<Reply.Status> said = answers.statuses.getOrDefault(each.getKey(), List.of());
            return new NodeStat(each.getKey(), each.getValue(), groups(said, answers));
          })
          .toList();
    } catch (IOException e) {
      throw new DatabaseException.StorageFailed("the nodes cannot be asked: " + e, e);
    }
  }

  private static List<NodeStat.Group> groups(List<Reply.Status> said, Answers answers) {
    List<NodeStat.Group> groups = new ArrayList<>();
    for (int number = 0; number < said.size(); number++) {
      Reply.Status at = said.get(number);
      long committed = answers.leader(number).map(Reply.Status::committed).orElse(at.committed());
      groups.add(
          new NodeStat.Group(
              number,
              at.role(),
              at.term(),
              at.leader(),
              at.begin(),
              at.synced(),
              at.committed(),
              at.applied(),
              Math.max(0, committed - at.applied()),
              at.ends()));
    }
    return groups;
  }

  /** Asks those that the configuration names, and those that they name. */
  private Answers ask(NodeClient client) {
    Map<String, String> addresses = new TreeMap<>(config.peers());
    Map<String, List<Reply.Status>> statuses = new HashMap<>();
    Set<String> left = Set.copyOf(addresses.keySet());
    while (!left.isEmpty()) {
      for (String name : left) {
        List<Reply.Status> said = ask(client, name);
        statuses.put(name, said);
        said.forEach(each -> each.members().forEach(addresses::putIfAbsent));
      }
      client.learn(peers(addresses));
      left = new TreeSet<>(addresses.keySet());
      left.removeAll(statuses.keySet());
    }
    return new Answers(addresses, statuses);
  }

  private static List<Reply.Status> ask(NodeClient client, String name) {
    RaftPeerId node = RaftPeerId.valueOf(name);
    List<Reply.Status> said = new ArrayList<>();
    Optional<Reply.Status> status = client.status(node, 0);
    for (int group = 1; status.isPresent(); group++) {
      said.add(status.get());
      status = group < status.get().groups() ? client.status(node, group) : Optional.empty();
    }
    return said;
  }

  private static List<RaftPeer> peers(Map<String, String> addresses) {
    return addresses.entrySet().stream()
        .map(each -> Settings.peer(each.getKey(), each.getValue()))
        .toList();
  }

  // --- changing

  @Override
  public void change(Map<String, String> added, Set<String> removed) {
    try (NodeClient client = new NodeClient(config)) {
      List<Reply.Status> leaders = leaders(client);
      check(leaders, added, removed);
      awaitListening(added);
      for (int group = 0; group < leaders.size(); group++) {
        change(client, group, leaders.get(group).members(), added, removed);
      }
    } catch (IOException e) {
      throw new DatabaseException.Busy(
          "the nodes were not changed in all groups: " + e.getMessage() + "; ask again");
    }
  }

  /** Those of all groups, once each has one: an election takes a moment. */
  private List<Reply.Status> leaders(NodeClient client) {
    long deadline = System.nanoTime() + ELECTION_NANOS;
    while (true) {
      Answers answers = ask(client);
      int groups = answers.groups();
      if (groups == 0) {
        throw new DatabaseException.Busy(
            "none of the nodes answers: " + answers.addresses.keySet());
      }
      List<Reply.Status> leaders =
          IntStream.range(0, groups).mapToObj(answers::leader).flatMap(Optional::stream).toList();
      if (leaders.size() == groups) {
        return leaders;
      }
      if (System.nanoTime() > deadline) {
        throw new DatabaseException.Busy(
            "of %d groups %d have a leader; nothing was changed".formatted(groups, leaders.size()));
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Before anything is changed. What was begun once before may be half done. */
  private static void check(
      List<Reply.Status> leaders, Map<String, String> added, Set<String> removed) {
    Map<String, String> members = new TreeMap<>();
    leaders.forEach(each -> members.putAll(each.members()));
    added.forEach((name, address) -> {
      NodeConfig.checkPeer(name, address);
      String known = members.getOrDefault(name, address);
      if (!known.equals(address)) {
        throw new IllegalArgumentException(
            "there is a node " + name + " at " + known + ", not at " + address);
      }
      if (!members.containsKey(name) && leaders.getFirst().lives().containsKey(name)) {
        throw new IllegalArgumentException(
            "there was a node " + name + " before; a name is used once, choose another one");
      }
    });
    removed.forEach(name -> {
      if (!members.containsKey(name) && !leaders.getFirst().lives().containsKey(name)) {
        throw new IllegalArgumentException(
            "there is no node " + name + " among " + members.keySet());
      }
    });
    members.putAll(added);
    members.keySet().removeAll(removed);
    if (members.isEmpty()) {
      throw new IllegalArgumentException("no node would be left");
    }
  }

  /** One that is not there would hold the others up until they give it up. */
  private static void awaitListening(Map<String, String> added) {
    long deadline = System.nanoTime() + LISTEN_NANOS;
    added.forEach((name, address) -> {
      while (!NodeConfig.isListenedAt(address, CONNECT_MILLIS)) {
        if (System.nanoTime() > deadline) {
          throw new DatabaseException.Busy(
              "node %s does not answer at %s; start it first, with start=join; nothing was changed"
                  .formatted(name, address));
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    });
  }

  private static void change(
      NodeClient client,
      int group,
      Map<String, String> members,
      Map<String, String> added,
      Set<String> removed)
      throws IOException {
    Map<String, String> wanted = new TreeMap<>(members);
    wanted.putAll(added);
    wanted.keySet().removeAll(removed);
    long deadline = System.nanoTime() + CHANGE_NANOS;
    while (!membersOf(client, group, members.keySet()).equals(Optional.of(wanted))) {
      try {
        client.change(group, peers(members), peers(wanted));
      } catch (ReconfigurationInProgressException | TimeoutIOException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      } catch (SetConfigurationException e) {
        // Somebody has changed them, which may be what an earlier attempt has come to.
        if (!membersOf(client, group, members.keySet()).equals(Optional.of(wanted))) {
          throw e;
        }
      }
    }
  }

  /** The members of a group as its leader has them. */
  private static Optional<Map<String, String>> membersOf(
      NodeClient client, int group, Set<String> nodes) {
    return nodes.stream()
        .map(each -> client.status(RaftPeerId.valueOf(each), group))
        .flatMap(Optional::stream)
        .filter(each -> each.role().equals("leader"))
        .findFirst()
        .map(Reply.Status::members);
  }
}
