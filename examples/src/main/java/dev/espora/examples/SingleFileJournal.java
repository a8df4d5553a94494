package dev.espora.examples;

import dev.espora.db.Batch;
import dev.espora.db.DatabaseException;
import dev.espora.db.Journal;
import dev.espora.db.PartitionKind;
import dev.espora.db.codec.Codec;
import dev.espora.db.codec.IncompatibleException;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.Output;
import dev.espora.db.codec.Schema;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A log in one file, of which a copy is held in memory.
 *
 * <p>The file is a row of frames, {@code int length | int CRC32C | body}: the kind of the
 * partition, then schemas as texts and batches as they come, which begin with a zero byte. A frame
 * that is cut short or damaged at the end of the file was never acknowledged, and is cut off when
 * opening. No snapshots are kept and nothing is released: opening always reads the whole log.
 */
final class SingleFileJournal implements Journal {
  private final RandomAccessFile file; // a FileChannel would be closed by an interrupt
  private final AtomicBoolean poisoned;
  private final AtomicBoolean upkeep = new AtomicBoolean();
  private final List<Schema> schemas = new ArrayList<>();
  private int schema;

  private final ConcurrentSkipListMap<Long, Stored> events = new ConcurrentSkipListMap<>();
  private final Map<Long, Place> ends = new TreeMap<>(); // of batches, by where they begin
  private volatile Place end = new Place(0, 0);
  private volatile Place cursor = end;

  private record Place(long position, long sequence) implements Point {}

  private record Stored(int schema, byte[] value) {}

  private SingleFileJournal(RandomAccessFile file, AtomicBoolean poisoned) {
    this.file = file;
    this.poisoned = poisoned;
  }

  static SingleFileJournal open(
      Path directory, String name, PartitionKind kind, Codec<?> codec, AtomicBoolean poisoned) {
    Path path = directory.resolve(name);
    try {
      RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
      try {
        SingleFileJournal journal = new SingleFileJournal(file, poisoned);
        journal.load(directory, path, kind, codec);
        return journal;
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    } catch (IOException e) {
      throw new DatabaseException.StorageFailed("cannot open " + path, e);
    }
  }

  private void load(Path directory, Path path, PartitionKind kind, Codec<?> codec)
      throws IOException {
    if (file.getChannel().tryLock() == null) {
      throw new DatabaseException.Busy("another process has " + path + " open");
    }
    byte[] bytes = Files.readAllBytes(path);
    List<String> texts = new ArrayList<>();
    int at = 0;
    while (bytes.length - at > 8) {
      int length = new Input(bytes, at, 4).readInt();
      if (length <= 0 || length > bytes.length - at - 8) {
        break;
      }
      byte[] body = Arrays.copyOfRange(bytes, at + 8, at + 8 + length);
      if (checksum(body) != new Input(bytes, at + 4, 4).readInt()) {
        if (length < bytes.length - at - 8) {
          throw new DatabaseException.Corrupt(path, at, "the checksum of a frame is wrong");
        }
        break;
      }
      at += 8 + length;
      if (body[0] == 0) {
        add(body);
      } else {
        texts.add(new String(body, StandardCharsets.UTF_8));
      }
    }
    file.setLength(at);
    file.seek(at);
    if (texts.isEmpty()) {
      texts.add(kind.name());
      write(kind.name().getBytes(StandardCharsets.UTF_8));
    }
    texts.stream().skip(1).map(Schema::parse).forEach(schemas::add);
    checkReadable(path, texts.getFirst(), kind, codec);
    schema = schemas.indexOf(codec.schema());
    if (schema < 0) {
      schema = schemas.size();
      schemas.add(codec.schema());
      write(codec.schema().toString().getBytes(StandardCharsets.UTF_8));
    }
    file.getFD().sync(); // also what a killed process had written and not synced
    try (FileChannel names = FileChannel.open(directory)) {
      names.force(true); // the name of the file
    }
  }

  private void checkReadable(Path path, String storedKind, PartitionKind kind, Codec<?> codec) {
    if (!storedKind.equals(kind.name())) {
      throw new DatabaseException.SchemaMismatch(path + " is a " + storedKind + ", not a " + kind);
    }
    for (Schema stored : schemas) {
      try {
        var _ = codec.decoder(stored);
      } catch (IncompatibleException e) {
        throw new DatabaseException.SchemaMismatch(path + ": " + e.getMessage());
      }
    }
  }

  // --- writing

  @Override
  public long append(Batch batch) {
    long start = System.nanoTime();
    byte[] bytes = Arrays.copyOf(batch.array(), batch.size());
    try {
      write(bytes);
      file.getFD().sync();
    } catch (IOException e) {
      poisoned.set(true); // what the file holds now is known only once it is opened again
      throw new DatabaseException.OutcomeUnknown("writing failed: " + e.getMessage(), e);
    }
    add(bytes);
    cursor = end;
    return System.nanoTime() - start;
  }

  private void write(byte[] body) throws IOException {
    Output frame = new Output(body.length + 8);
    frame.writeInt(body.length);
    frame.writeInt(checksum(body));
    frame.writeBytes(body);
    file.write(frame.toByteArray());
  }

  private static int checksum(byte[] body) {
    CRC32C checksum = new CRC32C();
    checksum.update(body);
    return (int) checksum.getValue();
  }

  /** An event stands as far behind the beginning of its batch as in the batch's bytes. */
  private void add(byte[] batch) {
    Place start = end;
    int count = 0;
    for (int at = Batch.HEADER_BYTES; at < batch.length; count++) {
      int length = new Input(batch, at, 4).readInt() & Batch.MAX_PAYLOAD_BYTES;
      Input payload = new Input(batch, at + 4, length);
      int number = (int) payload.readUnsigned();
      byte[] value = payload.readBytes(payload.remaining());
      events.put(start.position + at, new Stored(number, value));
      at += length + Batch.RECORD_OVERHEAD;
    }
    Place next = new Place(start.position + batch.length, start.sequence + count);
    ends.put(start.position, next);
    end = next; // only now, so that readers see whole batches
  }

  // --- reading

  @Override
  public List<Schema> schemas() {
    return List.copyOf(schemas);
  }

  @Override
  public int schema() {
    return schema;
  }

  @Override
  public @Nullable Snapshot rewind() {
    cursor = new Place(0, 0);
    return null;
  }

  @Override
  public long first() {
    return 0;
  }

  @Override
  public long end() {
    if (poisoned.get()) {
      throw new DatabaseException.Poisoned("writing failed: close the database and open it again");
    }
    return end.position;
  }

  @Override
  public Point cursor() {
    return cursor;
  }

  @Override
  public boolean readBatch(EventSink sink) {
    Place next = ends.getOrDefault(cursor.position, end);
    events
        .subMap(cursor.position, next.position)
        .forEach((at, event) -> sink.event(at, event.schema, new Input(event.value)));
    cursor = next;
    return true;
  }

  @Override
  public @Nullable Event read(long position) {
    Stored event = events.get(position);
    return event == null ? null : new Event(event.schema, new Input(event.value));
  }

  @Override
  public Reader reader() {
    return new Reader() {
      @Override
      public @Nullable Event read(long position) {
        return SingleFileJournal.this.read(position);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public EventScan scan(long from, LongSupplier to) {
    return new Scan(
        from - 1,
        last -> {
          Map.Entry<Long, Stored> next = events.higherEntry(last);
          return next == null || next.getKey() >= to.getAsLong() ? null : next;
        });
  }

  @Override
  public EventScan scanBackwards(Point from) {
    return new Scan(from.position(), events::lowerEntry);
  }

  /** Goes from event to event, by the position of the one before. */
  private static final class Scan implements EventScan {
    private final LongFunction<Map.@Nullable Entry<Long, Stored>> beside;
    private Map.Entry<Long, Stored> at;

    Scan(long start, LongFunction<Map.@Nullable Entry<Long, Stored>> beside) {
      this.beside = beside;
      this.at = Map.entry(start, new Stored(0, new byte[0]));
    }

    @Override
    public boolean next() {
      Map.Entry<Long, Stored> next = beside.apply(at.getKey());
      at = next == null ? at : next;
      return next != null;
    }

    @Override
    public long position() {
      return at.getKey();
    }

    @Override
    public int schema() {
      return at.getValue().schema;
    }

    @Override
    public Input payload() {
      return new Input(at.getValue().value);
    }

    @Override
    public void close() {}
  }

  // --- one process, nothing released

  @Override
  public boolean tryLock() {
    return true;
  }

  @Override
  public void lock() {}

  @Override
  public void unlock() {}

  @Override
  public String holder() {
    return "this process";
  }

  @Override
  public @Nullable Upkeep tryUpkeep() {
    return upkeep.compareAndSet(false, true) ? () -> upkeep.set(false) : null;
  }

  @Override
  public long snapshotLag() {
    return 0;
  }

  @Override
  public void store(Point at, Schema state, Iterator<byte[]> parts) {}

  @Override
  public void release(long before) {}

  @Override
  public void forgetReleased() {}

  @Override
  public long storedBytes() {
    return end.position;
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new DatabaseException.StorageFailed("cannot close a partition's file", e);
    }
  }
}
