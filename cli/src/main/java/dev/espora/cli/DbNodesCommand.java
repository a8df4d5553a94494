package dev.espora.cli;

import dev.espora.db.tools.NodeStat;
import dev.espora.db.tools.NodeTools;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espora db nodes}: who keeps a replicated database. */
@Command(
    name = "nodes",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = {
      "Says how the nodes of a replicated database are doing, or adds and removes nodes while the"
          + " others go on. A node that is added runs already, with start=join in its file; it has"
          + " all of the data when this is done. Adding and removing in one command replaces a node."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  espora db nodes n1.properties",
      "  espora db nodes n1.properties --add n4=10.0.0.4:7101",
      "  espora db nodes n1.properties --remove n2 --add n4=10.0.0.4:7101"
    })
final class DbNodesCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "FILE|DIR",
      description = "The file that describes one of the nodes, or its directory.")
  private Path place = Path.of("");

  @Option(
      names = "--add",
      paramLabel = "NAME=HOST:PORT",
      description = "A node to add; may be repeated. No variable, like --remove. Default: none")
  private Map<String, String> added = Map.of();

  @Option(
      names = "--remove",
      paramLabel = "NAME",
      split = ",",
      description = "A node to remove; may be repeated. Default: none")
  private Set<String> removed = Set.of();

  @Option(
      names = "--json",
      defaultValue = "${env:ESPORA_DB_JSON:-false}",
      fallbackValue = "true",
      description = "Print one JSON document. Env: ESPORA_DB_JSON. Default: false")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    CommandSpec known = Objects.requireNonNull(spec);
    NodeTools tools =
        tools(place, known)
            .orElseThrow(() ->
                new CommandFailed(
                    place + " is neither the directory of a node nor a file that describes one"));
    try {
      if (!added.isEmpty() || !removed.isEmpty()) {
        tools.change(added, removed);
      }
      print(tools.stat(), json);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(known.commandLine(), String.valueOf(e.getMessage()), e);
    }
    return 0;
  }

  /**
   * The tools for nodes, if there are nodes at the place.
   *
   * @throws ParameterException if a file there does not describe one
   */
  static Optional<NodeTools> tools(Path place, CommandSpec spec) {
    try {
      return NodeTools.at(place);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  static void print(List<NodeStat> nodes, boolean json) {
    System.out.print(
        json
            ? DbJson.of(nodes) + "\n"
            : nodes.stream().map(DbNodesCommand::text).collect(Collectors.joining("\n")));
  }

  private static String text(NodeStat node) {
    if (!node.answers()) {
      return "%s, %s: does not answer%n".formatted(node.name(), node.address());
    }
    StringBuilder text = new StringBuilder();
    text.append("%s, %s%n".formatted(node.name(), node.address()));
    node.groups().forEach(each -> text.append(text(each)));
    return text.toString();
  }

  private static String text(NodeStat.Group group) {
    String leader = group.leader().isEmpty() ? "nobody" : group.leader();
    return "  group %d     %s in term %d, led by %s%n"
            .formatted(group.number(), group.role(), group.term(), leader)
        + "    log       from %d, durable to %d, committed to %d%n"
            .formatted(group.begin(), group.durable(), group.committed())
        + "    applied   to %d, %s%n"
            .formatted(
                group.applied(),
                group.behind() == 0 ? "nothing missing" : group.behind() + " behind the leader")
        + group.partitions().entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(each -> "    partition %s, to %d%n".formatted(each.getKey(), each.getValue()))
            .collect(Collectors.joining());
  }
}
