package dev.espora.cli;

import dev.espora.db.Durability;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What {@code up} and {@code serve} are both told: which service, and about its data. */
final class ServiceOptions {
  private static final String ACCOUNTS = "--accounts";

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  @Parameters(
      paramLabel = "SERVICE",
      converter = Service.Converter.class,
      description = "bank or people")
  private Service service = Service.BANK;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "${env:DB:-" + Option.NULL_VALUE + "}",
      description = "Data directory, created if missing. Env: DB. Default: data/SERVICE")
  private @Nullable Path data;

  @Option(
      names = "--durability",
      paramLabel = "D",
      defaultValue = DurabilityConverter.DEFAULT,
      converter = DurabilityConverter.class,
      description = DurabilityConverter.DESCRIPTION)
  private Durability durability = Durability.SYNC;

  @Option(
      names = ACCOUNTS,
      paramLabel = "FILE",
      defaultValue = "${env:ESPORA_ACCOUNTS:-" + Option.NULL_VALUE + "}",
      description =
          "Accounts of the bank, lines of id,limit. Env: ESPORA_ACCOUNTS."
              + " Default: the contest's five")
  private @Nullable Path accounts;

  /**
   * Checks that the options fit the service. An environment variable may be there for another one.
   *
   * @throws ParameterException if one does not
   */
  void check() {
    if (service != Service.BANK && commandLineHas(ACCOUNTS)) {
      throw wrong(ACCOUNTS + " is of the bank; " + service + " has no accounts");
    }
  }

  Service service() {
    return service;
  }

  Path data() {
    return data == null ? service.defaultData() : data;
  }

  Durability durability() {
    return durability;
  }

  /** Of the bank; empty for the contest's five. */
  Optional<Path> accounts() {
    return service == Service.BANK ? Optional.ofNullable(accounts) : Optional.empty();
  }

  /** What a command throws that finds an option wrong. */
  ParameterException wrong(String reason) {
    return new ParameterException(Objects.requireNonNull(command).commandLine(), reason);
  }

  private boolean commandLineHas(String option) {
    return Objects.requireNonNull(command).commandLine().getParseResult().hasMatchedOption(option);
  }
}
