package dev.espora.cli;

import dev.espora.db.tools.Copy;
import dev.espora.db.tools.DatabaseTools;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What all commands of {@code espora db} have in common: the database, and how to answer. */
class DbTarget {
  @Parameters(index = "0", paramLabel = "DIR", description = "The directory of the database.")
  private Path directory = Path.of("");

  @Option(
      names = "--json",
      defaultValue = "${env:ESPORA_DB_JSON:-false}",
      fallbackValue = "true",
      description = "Print one JSON document. Env: ESPORA_DB_JSON. Default: false")
  private boolean json;

  final Path directory() {
    return directory;
  }

  final boolean json() {
    return json;
  }

  final DatabaseTools tools() {
    return DatabaseTools.at(directory);
  }

  /** Where a new database goes if nothing else is said: beside this one. */
  final Path output(@Nullable Path stated, String suffix) {
    Path source = directory.toAbsolutePath().normalize();
    return stated == null ? source.resolveSibling(source.getFileName() + suffix) : stated;
  }

  /** Says what was copied. */
  final void report(String did, Copy copy) {
    if (json) {
      System.out.println(DbJson.of(copy));
      return;
    }
    copy.partitions()
        .forEach(each ->
            System.out.printf(
                "%s: records %d, from %d to %d%n",
                each.name(), each.records(), each.first(), each.end()));
    System.out.printf(
        "%s %s: partitions %d, %s, verified and durable%n",
        did, copy.output(), copy.partitions().size(), ByteCount.text(copy.bytes()));
  }
}
