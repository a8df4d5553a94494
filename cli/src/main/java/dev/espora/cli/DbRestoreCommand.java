package dev.espora.cli;

import dev.espora.db.tools.Copy;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code espora db restore}: a database out of a backup. */
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = {
      "Verifies a backup, DIR, and copies it to where the database is to be. Nothing is overwritten."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  espora db restore /backup/bank --output data/bank"})
final class DbRestoreCommand implements Callable<Integer> {
  @Mixin private DbTarget target = new DbTarget();

  @Option(
      names = "--output",
      paramLabel = "DIR",
      defaultValue = "${env:ESPORA_DB_OUTPUT:-" + Option.NULL_VALUE + "}",
      description =
          "An empty or new directory. Env: ESPORA_DB_OUTPUT. Default: the directory's name and"
              + " .restored")
  private @Nullable Path output;

  @Override
  public Integer call() {
    Copy copy;
    try (ProgressBar bar = ProgressBar.begin()) {
      copy = target.tools().restore(target.output(output, ".restored"), bar);
    }
    target.report("restored", copy);
    return 0;
  }
}
