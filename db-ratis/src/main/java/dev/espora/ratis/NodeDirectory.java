package dev.espora.ratis;

import dev.espora.db.DatabaseException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The directory of a node, and the file in it that says whose it is.
 *
 * <pre>
 * node        whose directory this is
 * settings    how to reach this node and the others, as of its last start
 * raft/       the Raft logs, one directory for each group
 * copy-N/     the partitions of group N, as a database in files
 * mark-N      how far the Raft log of group N was agreed on
 * </pre>
 *
 * @param groups how many Raft groups there are
 * @param life drawn when the directory was created
 * @param joined whether the cluster existed before this node
 */
record NodeDirectory(String node, int groups, UUID life, boolean joined) {
  static final String SETTINGS = "settings";

  private static final String FILE = "node";

  /** Whether a directory is that of a node. */
  static boolean isAt(Path directory) {
    return Files.exists(directory.resolve(FILE));
  }

  /**
   * Whose directory it is; nobody's if it holds nothing.
   *
   * @throws DatabaseException.NotADatabase if it is another node's
   */
  static Optional<NodeDirectory> of(NodeConfig config) throws IOException {
    if (!isAt(config.data())) {
      return Optional.empty();
    }
    NodeDirectory known = read(config.data().resolve(FILE));
    if (!known.node.equals(config.node())
        || (config.groups() != 0 && known.groups != config.groups())) {
      throw new DatabaseException.NotADatabase(
          "%s belongs to node %s of %d groups, not to node %s of %d"
              .formatted(config.data(), known.node, known.groups, config.node(), config.groups()));
    }
    return Optional.of(known);
  }

  /**
   * Makes a directory this node's.
   *
   * @throws DatabaseException.NotADatabase if there is something in it
   */
  static NodeDirectory create(NodeConfig config, int groups) throws IOException {
    Path file = config.data().resolve(FILE);
    Durably.createDirectories(config.data());
    try (Stream<Path> found = Files.list(config.data())) {
      if (found.anyMatch(each -> !each.getFileName().toString().equals("node.tmp"))) {
        throw new DatabaseException.NotADatabase(
            config.data() + " is not empty and belongs to no node");
      }
    }
    NodeDirectory fresh =
        new NodeDirectory(
            config.node(), groups, UUID.randomUUID(), config.start() == NodeConfig.Start.JOIN);
    Path building = file.resolveSibling("node.tmp");
    String text =
        "node=%s%ngroups=%d%nlife=%s%njoined=%s%n"
            .formatted(fresh.node, fresh.groups, fresh.life, fresh.joined);
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
          UUID.fromString(lines.getProperty("life", "")),
          Boolean.parseBoolean(lines.getProperty("joined", "false")));
    } catch (IllegalArgumentException e) {
      throw new DatabaseException.Corrupt(file, 0, "it does not say whose directory this is");
    }
  }
}
