package dev.espora.ratis;

import dev.espora.db.DatabaseException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The directory of a node, and the file in it that says whose it is.
 *
 * <pre>
 * node        whose directory this is
 * raft/       the Raft logs, one directory for each group
 * copy-N/     the partitions of group N, as a database in files
 * </pre>
 *
 * @param life drawn when the directory was created
 */
record NodeDirectory(String node, int groups, UUID life) {
  private static final String FILE = "node";

  /**
   * Reads whose directory it is, or makes it this node's where that is allowed.
   *
   * @throws DatabaseException.NotADatabase if it is empty and must not be, or another node's
   */
  static NodeDirectory prepare(NodeConfig config) throws IOException {
    Path file = config.data().resolve(FILE);
    if (Files.exists(file)) {
      NodeDirectory known = read(file);
      if (!known.node.equals(config.node()) || known.groups != config.groups()) {
        throw new DatabaseException.NotADatabase(
            "%s belongs to node %s of %d groups, not to node %s of %d"
                .formatted(
                    config.data(), known.node, known.groups, config.node(), config.groups()));
      }
      return known;
    }
    if (config.start() == NodeConfig.Start.EXISTING) {
      throw new DatabaseException.NotADatabase(
          "%s holds no data of node %s. Where the cluster begins, give start=new. Where its disk was"
                  .formatted(config.data(), config.node())
              + " lost, it must not come back under this name, since it has promised what it does"
              + " not remember: docs/replication.md says how to replace it");
    }
    return create(config, file);
  }

  private static NodeDirectory create(NodeConfig config, Path file) throws IOException {
    Files.createDirectories(config.data());
    try (Stream<Path> found = Files.list(config.data())) {
      if (found.anyMatch(each -> !each.getFileName().toString().equals("node.tmp"))) {
        throw new DatabaseException.NotADatabase(
            config.data() + " is not empty and belongs to no node");
      }
    }
    NodeDirectory fresh = new NodeDirectory(config.node(), config.groups(), UUID.randomUUID());
    Path building = file.resolveSibling("node.tmp");
    String text = "node=%s%ngroups=%d%nlife=%s%n".formatted(fresh.node, fresh.groups, fresh.life);
    Durably.write(building, text.getBytes(StandardCharsets.UTF_8));
    Files.move(building, file);
    Durably.syncDirectory(config.data());
    return fresh;
  }

  private static NodeDirectory read(Path file) throws IOException {
    Properties lines = new Properties();
    lines.load(new StringReader(Files.readString(file)));
    try {
      return new NodeDirectory(
          lines.getProperty("node", ""),
          Integer.parseInt(lines.getProperty("groups", "")),
          UUID.fromString(lines.getProperty("life", "")));
    } catch (IllegalArgumentException e) {
      throw new DatabaseException.Corrupt(file, 0, "it does not say whose directory this is");
    }
  }
}
