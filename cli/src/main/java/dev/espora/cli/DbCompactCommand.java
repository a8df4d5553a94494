package dev.espora.cli;

import dev.espora.db.PartitionKind;
import dev.espora.db.tools.PartitionStat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code espora db compact}: who makes a partition smaller. */
@Command(
    name = "compact",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = {
      "Says of each partition what makes it smaller. A log keeps all rows, a state machine's log is"
          + " released by its snapshots, and a store is compacted by the processes that have it"
          + " open, for which it exits 1: only they know its types."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  espora db compact data/bank account-1"})
final class DbCompactCommand implements Callable<Integer> {
  @Mixin private DbPartitionTarget target = new DbPartitionTarget();

  @Override
  public Integer call() {
    List<PartitionStat> partitions = target.tools().stat(target.partition()).partitions();
    partitions.forEach(each ->
        System.out.printf(
            "%s: %s: %s%n",
            each.name(), each.kind().name().toLowerCase(Locale.ROOT), reason(each.kind())));
    if (partitions.stream().anyMatch(each -> each.kind() == PartitionKind.STORE)) {
      throw new CommandFailed(
          "a store is compacted by a process that opens it with its types: in the background when"
              + " it is due, or by Store.compact()");
    }
    return 0;
  }

  private static String reason(PartitionKind kind) {
    return switch (kind) {
      case LOG -> "nothing to do, a log keeps all rows";
      case MACHINE -> "nothing to do, its log is released when the application snapshots it";
      case STORE -> "compacted by the processes that have it open";
    };
  }
}
