package dev.espora.cli;

import dev.espora.db.tools.StoredRecord;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Prints records as JSON, a line each. For use by one thread. */
final class RecordPrinter {
  @Option(
      names = "--schema",
      defaultValue = "${env:ESPORA_DB_SCHEMA:-false}",
      fallbackValue = "true",
      description = "Print the schema with each record. Env: ESPORA_DB_SCHEMA. Default: false")
  private boolean schema;

  private final PrintStream target = System.out;
  private final OutputStream out = new BufferedOutputStream(target, 1 << 16);

  void print(StoredRecord record) {
    try {
      out.write(DbJson.of(record, schema ? Optional.of(record.schema()) : Optional.empty()));
      out.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Hands over what was printed, and says whether anybody still listens. */
  boolean flush() {
    try {
      out.flush();
      return !target.checkError();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
