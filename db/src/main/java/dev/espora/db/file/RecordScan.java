package dev.espora.db.file;

import dev.espora.db.codec.Codec;
import dev.espora.db.codec.IncompatibleException;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.MalformedException;
import dev.espora.db.codec.Schema;
import dev.espora.db.codec.SchemaReader;
import dev.espora.db.tools.RecordCursor;
import dev.espora.db.tools.StoredRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Reads the records of a log by the schemas that are stored with it. */
final class RecordScan implements RecordCursor {
  private static final int READ_AHEAD = 1 << 18;

  private final DatabaseView database;
  private final PartitionView partition;
  private final LogReader log;
  private final long from;
  private final long recoveredEnd;
  private final Deque<StoredRecord> batch = new ArrayDeque<>();
  private final List<Codec.Decoder<Object>> decoders = new ArrayList<>();
  private PartitionMeta meta;
  private long sequence;
  private long skipped;

  private RecordScan(DatabaseView database, PartitionView partition, long from, long end)
      throws IOException {
    this.database = database;
    this.partition = partition;
    this.from = from;
    this.recoveredEnd = end;
    this.meta = partition.meta();
    Segment start = partition.opened().floorEntry(Math.max(from, partition.first())).getValue();
    this.log =
        new LogReader(partition.segments(), meta.log(), READ_AHEAD, start, start.header().start());
    this.sequence = log.at().sequence();
  }

  static RecordScan from(DatabaseView database, String name, long from) throws IOException {
    return opened(database, name, (_, _) -> from);
  }

  static RecordScan last(DatabaseView database, String name, long count) throws IOException {
    return opened(database, name, (view, end) -> beforeLast(view, end, count));
  }

  /** Where to begin reading. */
  private interface Beginning {
    long in(PartitionView view, LogPoint end);
  }

  private static RecordScan opened(DatabaseView database, String name, Beginning beginning)
      throws IOException {
    PartitionView view = database.wholePartition(name);
    try {
      LogPoint end = view.end();
      return new RecordScan(database, view, beginning.in(view, end), end.position());
    } catch (RuntimeException | Error | IOException e) {
      view.close();
      throw e;
    }
  }

  /** The position of the record so many before the end, or of the first there is. */
  private static long beforeLast(PartitionView view, LogPoint end, long count) {
    if (count == 0) {
      return end.position();
    }
    long available = end.sequence() - view.opened().firstEntry().getValue().header().sequence();
    if (count >= available) {
      return view.first();
    }
    BackwardScan scan = new BackwardScan(view.segments(), view.meta().log(), end);
    long position = end.position();
    for (long i = 0; i < count && scan.next(); i++) {
      position = scan.position();
    }
    return position;
  }

  @Override
  public Optional<StoredRecord> next() {
    while (batch.isEmpty()) {
      if (!Storage.call(this::readBatch)) {
        return Optional.empty();
      }
    }
    return Optional.of(batch.removeFirst());
  }

  private boolean readBatch() throws IOException {
    try {
      long end = partition.currentEnd(recoveredEnd);
      if (log.at().position() >= end) {
        return false;
      }
      if (!log.read(end) && !skipReleased()) {
        throw log.unreadable();
      }
      log.take(this::add);
      return true;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Goes on where the log begins now, if it was released up to behind this place. */
  private boolean skipReleased() throws IOException {
    while (true) {
      long first = partition.control().first();
      if (log.at().position() >= first) {
        return false;
      }
      Segment segment = partition.segments().find(first);
      if (segment != null) {
        skipped += segment.header().sequence() - sequence;
        sequence = segment.header().sequence();
        log.moveTo(segment, segment.header().start());
        return log.read(partition.currentEnd(recoveredEnd)) || skipReleased();
      }
      if (partition.control().first() == first) {
        throw partition.segments().missing(first);
      }
    }
  }

  private void add(long position, int schema, Input payload) {
    if (position >= from) {
      batch.addLast(
          new StoredRecord(
              partition.name(), position, sequence, schema(schema), value(schema, payload)));
    }
    sequence++;
  }

  private Schema schema(int number) {
    if (number >= meta.schemas().size()) { // added by a later opening
      meta = Storage.call(() -> database.meta(partition.directory()));
    }
    if (number < 0 || number >= meta.schemas().size()) {
      throw log.corrupt("a record has schema " + number + ", which the partition does not know");
    }
    return meta.schemas().get(number);
  }

  private Object value(int number, Input payload) {
    Schema schema = schema(number);
    while (decoders.size() <= number) {
      decoders.add(decoder(meta.schemas().get(decoders.size())));
    }
    try {
      return decoders.get(number).decode(payload);
    } catch (MalformedException e) {
      throw log.corrupt("a record is no value of " + schema + ": " + e.getMessage());
    }
  }

  /** Only its bytes can be shown where the application has a codec of its own. */
  private static Codec.Decoder<Object> decoder(Schema schema) {
    try {
      return SchemaReader.of(schema);
    } catch (IncompatibleException e) {
      return in -> in.readBytes(in.remaining());
    }
  }

  @Override
  public long skipped() {
    return skipped;
  }

  @Override
  public void close() {
    partition.close();
  }
}
