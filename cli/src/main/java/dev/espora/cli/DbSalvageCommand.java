package dev.espora.cli;

import dev.espora.db.tools.Salvage;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code espora db salvage}: what is still valid in a damaged database. */
@Command(
    name = "salvage",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = {
      "Writes every batch of a damaged database that is still whole into a new one, and lists what"
          + " it left out. The damaged one is not changed, and no process may have it open.",
      "A backup is better: what was left out may be in the middle of what was kept."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  espora db salvage data/bank --output data/bank-salvaged",
      "  espora db salvage data/bank --json"
    })
final class DbSalvageCommand implements Callable<Integer> {
  @Mixin private DbTarget target = new DbTarget();

  @Option(
      names = "--output",
      paramLabel = "DIR",
      defaultValue = "${env:ESPORA_DB_OUTPUT:-" + Option.NULL_VALUE + "}",
      description =
          "An empty or new directory. Env: ESPORA_DB_OUTPUT. Default: the directory's name and"
              + " .salvaged")
  private @Nullable Path output;

  @Override
  public Integer call() {
    Salvage salvage;
    try (ProgressBar bar = ProgressBar.begin()) {
      salvage = target.tools().salvage(target.output(output, ".salvaged"), bar);
    }
    if (target.json()) {
      System.out.println(DbJson.of(salvage));
    } else {
      print(salvage);
    }
    return 0;
  }

  private static void print(Salvage salvage) {
    for (Salvage.Saved each : salvage.partitions()) {
      String snapshot = each.snapshot().isPresent() ? ", and the snapshot" : "";
      System.out.printf(
          "%s: %s, records %d, batches %d%s%n",
          each.name(),
          each.kind().name().toLowerCase(Locale.ROOT),
          each.records(),
          each.batches(),
          snapshot);
    }
    salvage.dropped().forEach(dropped -> System.out.println("dropped: " + dropped));
    System.out.printf(
        "salvaged %s: partitions %d, places dropped %d%n",
        salvage.output(), salvage.partitions().size(), salvage.dropped().size());
  }
}
