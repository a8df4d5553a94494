package dev.espora.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/** A database, and perhaps the only partition of it to look at. */
final class DbPartitionTarget extends DbTarget {
  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PARTITION",
      description = "The only partition to look at. Default: all")
  private @Nullable String partition;

  Optional<String> partition() {
    return Optional.ofNullable(partition);
  }
}
