package dev.espora.cli;

import dev.espora.db.DatabaseException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program: finds the command, and turns what it threw into one line and an exit code. */
@Command(
    name = "espora",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = "An embedded durable database for Java, and the services that prove it.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:what was asked for failed", "2:wrong usage"},
    footer = {
      "",
      "Start here:",
      "  espora up bank",
      "  espora up people",
      "  espora COMMAND --help"
    },
    synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  private Main() {}

  public static void main(String[] args) {
    ProgramLog.install();
    StandardOutput output = StandardOutput.install();
    Lifetime lifetime = new Lifetime();
    int status = commandLine(lifetime).execute(args);
    String lost = output.failure().orElse(null);
    if (lost != null) {
      System.err.println("espora: what was printed is not complete: " + lost);
      status = status == 0 ? ExitCode.SOFTWARE : status;
    }
    lifetime.finished(status);
    System.exit(status);
  }

  static CommandLine commandLine(Lifetime lifetime) {
    return new CommandLine(new Main())
        .addSubcommand(new UpCommand(lifetime))
        .addSubcommand(new ServeCommand(lifetime))
        .addSubcommand(new BalanceCommand(lifetime))
        .addSubcommand(DbCommand.commandLine(lifetime))
        .addSubcommand(new BenchCommand())
        .addSubcommand(new TrainCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpWidth(100)
        .setParameterExceptionHandler(Main::wrongUsage)
        .setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, command));
  }

  @Override
  public void run() {
    throw new ParameterException(
        Objects.requireNonNull(spec).commandLine(), "a command is missing");
  }

  private static int wrongUsage(ParameterException wrong, String[] args) {
    CommandLine command = wrong.getCommandLine();
    command.getErr().println("espora: " + oneLine(String.valueOf(wrong.getMessage())));
    command
        .getErr()
        .println("Try '" + command.getCommandSpec().qualifiedName() + " --help' for more.");
    return ExitCode.USAGE;
  }

  /** One line for what can go wrong; a stack trace only for what should not. */
  private static int failed(Exception failure, CommandLine command) {
    switch (failure) {
      case CommandFailed expected -> report(command, expected.getMessage());
      case DatabaseException expected -> report(command, expected.getMessage());
      case UncheckedIOException expected ->
          report(command, describe(Objects.requireNonNull(expected.getCause())));
      case IOException expected -> report(command, describe(expected));
      default -> {
        report(command, "unexpected " + failure);
        failure.printStackTrace(command.getErr());
      }
    }
    return ExitCode.SOFTWARE;
  }

  private static void report(CommandLine command, @Nullable String text) {
    command.getErr().println("espora: " + oneLine(text == null ? "failed" : text));
    command.getErr().flush();
  }

  /** The messages of the JDK's file exceptions are often the bare path. */
  static String describe(IOException failure) {
    String kind = failure.getClass().getSimpleName();
    if (failure instanceof FileSystemException file && file.getReason() == null) {
      return switch (kind) {
        case "AccessDeniedException" -> file.getFile() + ": permission denied";
        case "NoSuchFileException" -> file.getFile() + ": no such file or directory";
        case "FileAlreadyExistsException" -> file.getFile() + ": exists, and is not a directory";
        case "DirectoryNotEmptyException" -> file.getFile() + ": there is something else in it";
        case "NotDirectoryException" -> file.getFile() + ": not a directory";
        default -> file.getFile() + ": " + kind;
      };
    }
    return failure.getMessage() == null ? kind : failure.getMessage();
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s*\\R\\s*", " ");
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {
        "espora " + (version == null ? "(not packaged)" : version),
        "Java " + Runtime.version() + " on " + System.getProperty("os.name")
      };
    }
  }
}
