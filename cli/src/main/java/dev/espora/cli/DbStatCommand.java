package dev.espora.cli;

import dev.espora.db.tools.DatabaseStat;
import dev.espora.db.tools.NodeTools;
import dev.espora.db.tools.PartitionStat;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code espora db stat}: what there is. */
@Command(
    name = "stat",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = {
      "Says what is in a database: partitions, schemas, where logs begin and end, sizes, who has"
          + " it open. Of the directory of a node, or of the file that describes one: roles, terms"
          + " and positions of all nodes."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  espora db stat data/bank", "  espora db stat data/bank account-1 --json"})
final class DbStatCommand implements Callable<Integer> {
  @Mixin private DbPartitionTarget target = new DbPartitionTarget();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    Optional<NodeTools> nodes =
        DbNodesCommand.tools(target.directory(), Objects.requireNonNull(spec));
    if (nodes.isPresent()) {
      DbNodesCommand.print(nodes.get().stat(), target.json());
      return 0;
    }
    DatabaseStat stat = target.tools().stat(target.partition());
    System.out.print(target.json() ? DbJson.of(stat) + "\n" : text(stat));
    return 0;
  }

  private static String text(DatabaseStat stat) {
    StringBuilder text = new StringBuilder();
    text.append(stat.directory())
        .append(": format ")
        .append(stat.format())
        .append(", ")
        .append(word(stat.condition()))
        .append(", durability ")
        .append(stat.durability())
        .append('\n');
    stat.poisonedBy()
        .ifPresent(process ->
            text.append("  poisoned: a write or sync of process ")
                .append(process)
                .append(" failed\n"));
    stat.partitions().forEach(each -> append(text, each));
    return text.toString();
  }

  private static void append(StringBuilder text, PartitionStat partition) {
    text.append(
        "%n%s: %s, %s, %s on disk%n"
            .formatted(
                partition.name(),
                word(partition.kind()),
                word(partition.condition()),
                ByteCount.text(partition.diskBytes())));
    text.append(
        "  log       %d to %d, durable to %d%n  events    %d%n  segments  %d, %s%n"
            .formatted(
                partition.first(),
                partition.end(),
                partition.durable(),
                partition.events(),
                partition.segments(),
                ByteCount.text(partition.segmentBytes())));
    partition
        .snapshot()
        .ifPresent(snapshot ->
            text.append(
                "  snapshot  at %d, %s%n"
                    .formatted(snapshot.position(), ByteCount.text(snapshot.bytes()))));
    partition.openers().ifPresent(openers -> text.append("  openers   %d%n".formatted(openers)));
    partition
        .holder()
        .ifPresent(holder -> text.append("  holder    process %d%n".formatted(holder)));
    for (int i = 0; i < partition.schemas().size(); i++) {
      String now = i == partition.schema() && i > 0 ? " (written now)" : "";
      text.append("  schema %d  %s%s%n".formatted(i, partition.schemas().get(i), now));
    }
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
