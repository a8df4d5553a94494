package dev.espora.cli;

import dev.espora.db.tools.DatabaseTools;
import dev.espora.db.tools.RecordCursor;
import dev.espora.db.tools.StoredRecord;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code espora db dump}: records as JSON. */
@Command(
    name = "dump",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = {
      "Prints the records of a log, oldest first, as JSON, a line each; of all partitions one after"
          + " the other if none is named."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  espora db dump data/bank account-1",
      "  espora db dump data/bank account-1 --from 4096 --count 100"
    })
final class DbDumpCommand implements Callable<Integer> {
  private static final int LISTENS_EVERY = 1_000;

  @Mixin private DbPartitionTarget target = new DbPartitionTarget();

  @Option(
      names = "--from",
      paramLabel = "POSITION",
      defaultValue = "${env:ESPORA_DB_FROM:-0}",
      description = "The first position to print. Env: ESPORA_DB_FROM. Default: 0")
  private long from;

  @Option(
      names = "--to",
      paramLabel = "POSITION",
      defaultValue = "${env:ESPORA_DB_TO:-9223372036854775807}",
      description = "The position to stop before. Env: ESPORA_DB_TO. Default: the end")
  private long to;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "${env:ESPORA_DB_COUNT:-9223372036854775807}",
      description =
          "How many records to print at most, of each partition. Env: ESPORA_DB_COUNT."
              + " Default: all")
  private long count;

  @Mixin private RecordPrinter printer = new RecordPrinter();

  @Override
  public Integer call() {
    DatabaseTools tools = target.tools();
    for (String name : names(tools, target)) {
      try (RecordCursor cursor = tools.records(name, from)) {
        if (!print(cursor)) {
          return 0;
        }
      }
    }
    return 0;
  }

  static List<String> names(DatabaseTools tools, DbPartitionTarget target) {
    return target.partition().map(List::of).orElseGet(tools::partitions);
  }

  /** Says whether anybody still listens. */
  private boolean print(RecordCursor cursor) {
    try {
      for (long printed = 0; printed < count; printed++) {
        Optional<StoredRecord> record = cursor.next();
        if (record.isEmpty() || record.get().position() >= to) {
          break;
        }
        printer.print(record.get());
        if (printed % LISTENS_EVERY == LISTENS_EVERY - 1 && !printer.flush()) {
          return false;
        }
      }
    } finally {
      printer.flush(); // also what is in front of a damaged record
    }
    return true;
  }
}
