package dev.espora.cli;

import dev.espora.db.tools.Copy;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code espora db backup}: a copy that opens. */
@Command(
    name = "backup",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = {
      "Copies a database into a directory that is a database itself, also beside processes that"
          + " write.",
      "Each partition is copied as it is at one moment; two partitions may be of different moments.",
      "When it reports success, the copy was verified and is durable."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  espora db backup data/bank --output /backup/bank"})
final class DbBackupCommand implements Callable<Integer> {
  @Mixin private DbTarget target = new DbTarget();

  @Option(
      names = "--output",
      paramLabel = "DIR",
      defaultValue = "${env:ESPORA_DB_OUTPUT:-" + Option.NULL_VALUE + "}",
      description =
          "An empty or new directory. Env: ESPORA_DB_OUTPUT. Default: the directory's name and"
              + " .backup")
  private @Nullable Path output;

  @Override
  public Integer call() {
    Copy copy;
    try (ProgressBar bar = ProgressBar.begin()) {
      copy = target.tools().backup(target.output(output, ".backup"), bar);
    }
    target.report("backup", copy);
    return 0;
  }
}
