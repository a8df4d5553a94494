package dev.espora.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;

/**
 * Who leads, as the nodes' directories tell it: each node writes down whom it has voted for before
 * it says so, and whom a majority has voted for in the newest term leads.
 *
 * @param directories of all nodes, by name
 */
record Leaders(Map<String, Path> directories) {

  private record Vote(long term, String node) {}

  /** The nodes of {@code up --nodes}. */
  static Leaders of(Path data, int nodes) {
    Map<String, Path> directories = new HashMap<>();
    for (int node = 1; node <= nodes; node++) {
      directories.put("node-" + node, data.resolve("node-" + node));
    }
    return new Leaders(directories);
  }

  /** The Raft group that keeps a partition; every node has a copy of those of a group together. */
  int group(String partition) throws IOException {
    for (int group = 0; group < directories.size(); group++) {
      for (Path copy : copies(group)) {
        if (Files.exists(copy.resolve("partitions").resolve(partition))) {
          return group;
        }
      }
    }
    throw new AssertionError("no node has partition " + partition);
  }

  /** The databases in files that hold the partitions of a group, one for each node. */
  List<Path> copies(int group) {
    return directories.values().stream().map(each -> each.resolve("copy-" + group)).toList();
  }

  /** The node that leads a group; none if none was elected in the newest term. */
  Optional<String> leader(int group) throws IOException {
    List<Vote> votes = new ArrayList<>();
    for (Path directory : directories.values()) {
      vote(directory, group).ifPresent(votes::add);
    }
    long newest = votes.stream().mapToLong(Vote::term).max().orElse(-1);
    Map<String, Integer> elected = new HashMap<>();
    for (Vote vote : votes) {
      if (vote.term() == newest && elected.merge(vote.node(), 1, Integer::sum) * 2 > votes.size()) {
        return Optional.of(vote.node());
      }
    }
    return Optional.empty();
  }

  private static Optional<Vote> vote(Path directory, int group) throws IOException {
    byte[] name = ("espora group " + group).getBytes(StandardCharsets.UTF_8);
    Path raft = directory.resolve("raft").resolve(UUID.nameUUIDFromBytes(name).toString());
    Properties lines = new Properties();
    try (Reader reader = Files.newBufferedReader(raft.resolve("current").resolve("raft-meta"))) {
      lines.load(reader);
    }
    String node = lines.getProperty("votedFor", "");
    return node.isEmpty()
        ? Optional.empty()
        : Optional.of(new Vote(Long.parseLong(lines.getProperty("term")), node));
  }
}
