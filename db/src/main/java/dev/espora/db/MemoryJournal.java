package dev.espora.db;

import dev.espora.db.codec.Input;
import dev.espora.db.codec.Schema;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A log in the heap of one process: the order of the real one, and no durability at all. */
final class MemoryJournal implements Journal {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final Schema schema;
  private final List<Stored> batches = new ArrayList<>();
  private volatile MemoryPoint end = new MemoryPoint(0, 0);

  /**
   * A batch as it was appended.
   *
   * @param end where the log ends behind it
   */
  private record Stored(byte[] bytes, long end) {}

  private record MemoryPoint(long position, long sequence) implements Point {}

  MemoryJournal(Schema schema) {
    this.schema = schema;
  }

  @Override
  public List<Schema> schemas() {
    return List.of(schema);
  }

  @Override
  public int schema() {
    return 0;
  }

  @Override
  public @Nullable Snapshot snapshot() {
    return null;
  }

  @Override
  public long end() {
    return end.position;
  }

  @Override
  public Point cursor() {
    return end;
  }

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
  public void readBatch(EventSink sink) {
    throw new IllegalStateException("nobody else appends");
  }

  @Override
  public long append(Batch batch) {
    byte[] bytes = Arrays.copyOfRange(batch.array(), Batch.HEADER_BYTES, batch.size());
    MemoryPoint behind =
        new MemoryPoint(end.position + bytes.length, end.sequence + batch.records());
    synchronized (batches) {
      batches.add(new Stored(bytes, behind.position));
    }
    end = behind;
    return 0;
  }

  @Override
  public long snapshotLag() {
    return 0;
  }

  @Override
  public void store(Snapshot snapshot) {}

  @Override
  public EventScan scan(Point to) {
    AtomicInteger index = new AtomicInteger();
    return new Scan(() -> {
      Stored stored = at(index.getAndIncrement());
      return stored == null || stored.end() > to.position() ? null : RecordList.of(stored.bytes());
    });
  }

  @Override
  public EventScan scanBackwards(Point from) {
    AtomicInteger index = new AtomicInteger(size());
    return new Scan(() -> {
      Stored stored = at(index.decrementAndGet());
      while (stored != null && stored.end() > from.position()) {
        stored = at(index.decrementAndGet());
      }
      return stored == null ? null : RecordList.of(stored.bytes()).reversed();
    });
  }

  private int size() {
    synchronized (batches) {
      return batches.size();
    }
  }

  private @Nullable Stored at(int index) {
    synchronized (batches) {
      return index < 0 || index >= batches.size() ? null : batches.get(index);
    }
  }

  @Override
  public void close() {}

  /** The payloads of a batch's records. */
  private static final class RecordList {
    static List<Input> of(byte[] bytes) {
      List<Input> payloads = new ArrayList<>();
      int at = 0;
      while (at < bytes.length) {
        int length = (int) INT.get(bytes, at) & Batch.MAX_PAYLOAD_BYTES;
        payloads.add(new Input(bytes, at + 4, length));
        at += length + Batch.RECORD_OVERHEAD;
      }
      return payloads;
    }
  }

  /** Goes through lists of payloads until there are no more. */
  private static final class Scan implements EventScan {
    private final java.util.function.Supplier<@Nullable List<Input>> more;
    private List<Input> payloads = List.of();
    private int index = -1;
    private int schema;

    Scan(java.util.function.Supplier<@Nullable List<Input>> more) {
      this.more = more;
    }

    @Override
    public boolean next() {
      index++;
      while (index >= payloads.size()) {
        List<Input> next = more.get();
        if (next == null) {
          return false;
        }
        payloads = next;
        index = 0;
      }
      schema = (int) payloads.get(index).readUnsigned();
      return true;
    }

    @Override
    public int schema() {
      return schema;
    }

    @Override
    public Input payload() {
      return payloads.get(index);
    }

    @Override
    public void close() {}
  }
}
