package dev.espora.db;

import dev.espora.db.codec.Input;
import dev.espora.db.codec.Schema;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A log in the heap of this process, batch by batch, by the position that each begins at. Nothing
 * is left of it when the process ends.
 */
final class MemoryJournal implements Journal {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final Schema schema;
  private final ConcurrentSkipListMap<Long, byte[]> batches = new ConcurrentSkipListMap<>();
  private final AtomicBoolean upkeep = new AtomicBoolean();
  private volatile MemoryPoint end = new MemoryPoint(0, 0);
  private volatile long first;

  /** Bytes in {@link #batches}; written under this object's lock, as all that follows. */
  private long stored;

  private int readers;

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
  public @Nullable Snapshot rewind() {
    return null; // nothing was written before the only process opened it
  }

  @Override
  public long first() {
    return first;
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
  public boolean readBatch(EventSink sink) {
    throw new IllegalStateException("nobody else appends");
  }

  @Override
  public long append(Batch batch) {
    byte[] bytes = Arrays.copyOf(batch.array(), batch.size());
    synchronized (this) {
      stored += bytes.length;
    }
    batches.put(end.position, bytes);
    end = new MemoryPoint(end.position + bytes.length, end.sequence + batch.records());
    return 0;
  }

  @Override
  public long snapshotLag() {
    return 0;
  }

  @Override
  public void store(Point at, Schema schema, Iterator<byte[]> parts) {}

  @Override
  public synchronized void release(long before) {
    Long keep = batches.floorKey(before);
    first = Math.max(first, keep == null ? 0 : keep);
    removeReleased();
  }

  private void removeReleased() {
    if (readers == 0) {
      Map<Long, byte[]> released = batches.headMap(first);
      released.values().forEach(bytes -> stored -= bytes.length);
      released.clear();
    }
  }

  @Override
  public void forgetReleased() {}

  @Override
  public synchronized long storedBytes() {
    return stored;
  }

  @Override
  public @Nullable Upkeep tryUpkeep() {
    return upkeep.compareAndSet(false, true) ? () -> upkeep.set(false) : null;
  }

  @Override
  public @Nullable Event read(long position) {
    Map.Entry<Long, byte[]> batch = batches.floorEntry(position);
    if (batch == null || position < first) {
      return null;
    }
    int offset = (int) (position - batch.getKey());
    Input payload = payload(batch.getValue(), offset);
    return new Event((int) payload.readUnsigned(), payload);
  }

  private static Input payload(byte[] batch, int offset) {
    return new Input(batch, offset + 4, length(batch, offset));
  }

  private static int length(byte[] batch, int offset) {
    return (int) INT.get(batch, offset) & Batch.MAX_PAYLOAD_BYTES;
  }

  @Override
  public synchronized Reader reader() {
    readers++;
    long since = first;
    AtomicBoolean closed = new AtomicBoolean();
    return new Reader() {
      @Override
      public @Nullable Event read(long position) {
        Map.Entry<Long, byte[]> batch = position < since ? null : batches.floorEntry(position);
        if (batch == null) {
          return null;
        }
        Input payload = payload(batch.getValue(), (int) (position - batch.getKey()));
        return new Event((int) payload.readUnsigned(), payload);
      }

      @Override
      public void close() {
        if (closed.compareAndSet(false, true)) {
          readerClosed();
        }
      }
    };
  }

  private synchronized void readerClosed() {
    readers--;
    removeReleased();
  }

  @Override
  public EventScan scan(long from, LongSupplier to) {
    Long start = batches.floorKey(Math.max(from, first));
    AtomicLong next = new AtomicLong(start == null ? 0 : start);
    return new Scan(() -> {
      Map.Entry<Long, byte[]> batch = batches.ceilingEntry(next.get());
      if (batch == null || batch.getKey() >= to.getAsLong()) {
        return null;
      }
      next.set(batch.getKey() + batch.getValue().length);
      return records(batch);
    });
  }

  @Override
  public EventScan scanBackwards(Point from) {
    var next =
        new Object() {
          Map.@Nullable Entry<Long, byte[]> batch = batches.lowerEntry(from.position());
        };
    return new Scan(() -> {
      Map.Entry<Long, byte[]> batch = next.batch;
      if (batch == null) {
        return null;
      }
      next.batch = batches.lowerEntry(batch.getKey());
      return records(batch).reversed();
    });
  }

  @Override
  public void close() {}

  /** An event and where it stands. */
  private record Placed(long position, int schema, Input payload) {}

  private static List<Placed> records(Map.Entry<Long, byte[]> batch) {
    byte[] bytes = batch.getValue();
    List<Placed> records = new ArrayList<>();
    int at = Batch.HEADER_BYTES;
    while (at < bytes.length) {
      Input payload = payload(bytes, at);
      records.add(new Placed(batch.getKey() + at, (int) payload.readUnsigned(), payload));
      at += length(bytes, at) + Batch.RECORD_OVERHEAD;
    }
    return records;
  }

  /** Goes through lists of records until there are no more. */
  private static final class Scan implements EventScan {
    private final Supplier<@Nullable List<Placed>> more;
    private List<Placed> records = List.of();
    private int index = -1;

    Scan(Supplier<@Nullable List<Placed>> more) {
      this.more = more;
    }

    @Override
    public boolean next() {
      index++;
      while (index >= records.size()) {
        List<Placed> next = more.get();
        if (next == null) {
          index = records.size() - 1; // there may be more later
          return false;
        }
        records = next;
        index = 0;
      }
      return true;
    }

    @Override
    public long position() {
      return records.get(index).position;
    }

    @Override
    public int schema() {
      return records.get(index).schema;
    }

    @Override
    public Input payload() {
      return records.get(index).payload;
    }

    @Override
    public void close() {}
  }
}
