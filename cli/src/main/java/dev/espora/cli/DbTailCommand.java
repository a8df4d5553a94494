package dev.espora.cli;

import dev.espora.db.tools.DatabaseTools;
import dev.espora.db.tools.RecordCursor;
import dev.espora.db.tools.StoredRecord;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code espora db tail}: the newest records as JSON. */
@Command(
    name = "tail",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = {
      "Prints the last records of a log, or of each, as JSON, a line each; with --follow also what"
          + " is added, until Ctrl-C."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  espora db tail data/bank account-1",
      "  espora db tail data/bank --count 0 --follow"
    })
final class DbTailCommand implements Callable<Integer> {
  private static final long POLL_MILLIS = 100;

  @Mixin private DbPartitionTarget target = new DbPartitionTarget();

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "${env:ESPORA_DB_COUNT:-10}",
      description = "How many records, of each partition. Env: ESPORA_DB_COUNT. Default: 10")
  private long count;

  @Option(
      names = "--follow",
      defaultValue = "${env:ESPORA_DB_FOLLOW:-false}",
      fallbackValue = "true",
      description = "Go on with what is added. Env: ESPORA_DB_FOLLOW. Default: false")
  private boolean follow;

  @Mixin private RecordPrinter printer = new RecordPrinter();

  private final Lifetime lifetime;

  DbTailCommand(Lifetime lifetime) {
    this.lifetime = lifetime;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (follow) {
      lifetime.begin(Duration.ZERO);
    }
    DatabaseTools tools = target.tools();
    Map<String, RecordCursor> cursors = new LinkedHashMap<>();
    try {
      for (String name : DbDumpCommand.names(tools, target)) {
        cursors.put(name, tools.lastRecords(name, Math.max(0, count)));
      }
      cursors.values().forEach(this::print);
      while (printer.flush() && follow && !stopped()) {
        for (String name : DbDumpCommand.names(tools, target)) {
          print(cursors.computeIfAbsent(name, created -> tools.records(created, 0)));
        }
      }
      return 0;
    } finally {
      printer.flush();
      cursors.values().forEach(RecordCursor::close);
    }
  }

  private void print(RecordCursor cursor) {
    Optional<StoredRecord> record = cursor.next();
    while (record.isPresent() && !lifetime.stopped().isDone()) {
      printer.print(record.get());
      record = cursor.next();
    }
  }

  private boolean stopped() throws InterruptedException {
    try {
      lifetime.stopped().get(POLL_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true;
    }
  }
}
