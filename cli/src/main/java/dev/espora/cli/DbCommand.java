package dev.espora.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code espora db}: looks after the files of a database. */
@Command(
    name = "db",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = {
      "Looks after the files of any database, without the application's classes.",
      "stat, verify, dump, tail and backup change nothing and work beside processes that write."
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  espora db stat data/bank",
      "  espora db verify data/bank",
      "  espora db tail data/bank account-1 --follow",
      "  espora db backup data/bank --output /backup/bank",
      "  espora db nodes n1.properties"
    })
final class DbCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  private DbCommand() {}

  static CommandLine commandLine(Lifetime lifetime) {
    return new CommandLine(new DbCommand())
        .addSubcommand(new DbStatCommand())
        .addSubcommand(new DbVerifyCommand())
        .addSubcommand(new DbDumpCommand())
        .addSubcommand(new DbTailCommand(lifetime))
        .addSubcommand(new DbBackupCommand())
        .addSubcommand(new DbRestoreCommand())
        .addSubcommand(new DbSalvageCommand())
        .addSubcommand(new DbCompactCommand())
        .addSubcommand(new DbNodesCommand());
  }

  @Override
  public void run() {
    throw new ParameterException(
        Objects.requireNonNull(spec).commandLine(), "a command is missing");
  }
}
