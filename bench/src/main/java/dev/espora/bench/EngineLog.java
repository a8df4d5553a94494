package dev.espora.bench;

import dev.espora.db.Database;
import dev.espora.db.Decision;
import dev.espora.db.Partition;
import dev.espora.db.StateMachine;
import dev.espora.db.codec.Codec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;

/** Espora: one partition, every append a command of its own, durable when it returns. */
final class EngineLog implements AppendLog {

  /** What is written: its encoding is {@link AppendLog#RECORD_BYTES} long. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Entry(byte[] bytes) {
    /** The array and its length in one byte. */
    static final Entry OF_RECORD_SIZE = new Entry(AppendLog.payload(RECORD_BYTES - 1));
  }

  /** How many records the log has: the least that a state machine can keep. */
  record Count(long records) {}

  /** Accepts every entry. */
  static final class Counting implements StateMachine<Count, Entry, Entry, Long> {
    private static final Codec<Entry> ENTRIES = Codec.of(Entry.class);
    private static final Codec<Count> COUNTS = Codec.of(Count.class);

    @Override
    public Count initial() {
      return new Count(0);
    }

    @Override
    public Decision<Entry, Long> decide(Count state, Entry command) {
      return Decision.accept(command, state.records() + 1);
    }

    @Override
    public Count evolve(Count state, Entry event) {
      return new Count(state.records() + 1);
    }

    @Override
    public Codec<Entry> eventCodec() {
      return ENTRIES;
    }

    @Override
    public Codec<Count> stateCodec() {
      return COUNTS;
    }
  }

  private final Path directory;
  private final Database database;
  private final Partition<Count, Entry, Long> partition;

  EngineLog(Path directory) {
    this.directory = directory;
    database = Database.open(directory);
    partition = database.partition("log", new Counting());
  }

  @Override
  public void append() {
    var _ = partition.submit(Entry.OF_RECORD_SIZE);
  }

  /** Counts the engine's own flight recorder events; appends are a little slower meanwhile. */
  @Override
  public long syncsDuring(Runnable work) {
    Path file = directory.resolveSibling("commits.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("dev.espora.Commit");
      recording.start();
      work.run();
      recording.stop();
      recording.dump(file);
      // A batch that only rejects commands has no events and needs no sync.
      long syncs =
          RecordingFile.readAllEvents(file).stream()
              .filter(commit -> commit.getInt("events") > 0)
              .count();
      Files.delete(file);
      return syncs;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Records in the log, those of earlier lives included. */
  long records() {
    return partition.state().records();
  }

  @Override
  public void close() {
    database.close();
  }
}
