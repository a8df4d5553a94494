package dev.espora.cli;

import dev.espora.db.Database;
import dev.espora.db.Options;
import dev.espora.db.PartitionKind;
import dev.espora.db.tools.DatabaseStat;
import dev.espora.db.tools.PartitionStat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code espora db compact}: stores as small as they can be. */
@Command(
    name = "compact",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = {
      "Compacts stores now, which otherwise happens when it is due; also beside processes that have"
          + " the database open. A log keeps all rows, and a state machine's log is released by its"
          + " snapshots, so of these it only says so."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  espora db compact data/people", "  espora db compact data/people people --json"})
final class DbCompactCommand implements Callable<Integer> {
  @Mixin private DbPartitionTarget target = new DbPartitionTarget();

  @Override
  public Integer call() {
    DatabaseStat stat = target.tools().stat(target.partition());
    Map<PartitionStat, OptionalLong> freed = new LinkedHashMap<>();
    stat.partitions().forEach(each -> freed.put(each, OptionalLong.empty()));
    if (stat.partitions().stream().anyMatch(DbCompactCommand::isStore)) {
      compact(stat, freed);
    }
    if (target.json()) {
      System.out.println(DbJson.of(freed));
    } else {
      freed.forEach((partition, bytes) ->
          System.out.printf(
              "%s: %s: %s%n",
              partition.name(),
              partition.kind().name().toLowerCase(Locale.ROOT),
              bytes.isPresent()
                  ? ByteCount.text(bytes.getAsLong()) + " freed"
                  : reason(partition.kind())));
    }
    return 0;
  }

  /** Opened with the durability that whoever has it open promises. */
  private void compact(DatabaseStat stat, Map<PartitionStat, OptionalLong> freed) {
    Options options = Options.DEFAULTS.withDurability(stat.durability());
    try (Database database = Database.open(stat.directory(), options)) {
      stat.partitions().stream()
          .filter(DbCompactCommand::isStore)
          .forEach(each -> freed.put(each, OptionalLong.of(database.compactStore(each.name()))));
    }
  }

  private static boolean isStore(PartitionStat partition) {
    return partition.kind() == PartitionKind.STORE;
  }

  private static String reason(PartitionKind kind) {
    return kind == PartitionKind.LOG
        ? "nothing to do, a log keeps all rows"
        : "nothing to do, its log is released when the application snapshots it";
  }
}
