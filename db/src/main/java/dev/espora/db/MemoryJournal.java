package dev.espora.db;

import dev.espora.db.codec.Input;
import dev.espora.db.codec.Schema;
import java.io.IOException;
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
 * A log in the heap of this process, batch by batch, by the position that each begins at; positions
 * begin at 0. By itself it is the memory medium: nothing is left of it when the process ends.
 *
 * <p>It is also what mediums for a single process can extend that keep a copy of the log elsewhere.
 * Such a class
 *
 * <ul>
 *   <li>calls {@link #replay} for every batch that it finds stored, in order, before it hands the
 *       journal out;
 *   <li>overrides {@link #write} to make a batch durable; {@link #append} lets others see it only
 *       then, or says that the outcome is unknown and poisons the medium;
 *   <li>overrides {@link #close} to let go of what it holds;
 *   <li>sees to it that no other process has the partition open: the lock is always granted here.
 * </ul>
 *
 * <p>Snapshots are not kept. {@link #release} gives heap back, and {@link #storedBytes} counts
 * heap. A copy elsewhere stays whole: without snapshots, the state is built up from all of it.
 *
 * <p>Thread safety is that of {@link Journal}: {@link #rewind}, {@link #readBatch}, {@link #append}
 * and {@link #replay} are called by one thread at a time, everything else by any thread at any
 * time. {@link #write} is called by {@link #append}.
 */
public class MemoryJournal implements Journal {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final List<Schema> schemas;
  private final int schema;
  private final AtomicBoolean poisoned;
  private final ConcurrentSkipListMap<Long, Held> batches = new ConcurrentSkipListMap<>();
  private final AtomicBoolean upkeep = new AtomicBoolean();
  private volatile MemoryPoint end = new MemoryPoint(0, 0);
  private volatile MemoryPoint cursor = end;
  private volatile long first;

  /** Bytes in {@link #batches}; written under this object's lock, as all that follows. */
  private long stored;

  private int readers;

  private record MemoryPoint(long position, long sequence) implements Point {}

  /** A batch and how many events are before it. */
  private record Held(long sequence, byte[] bytes) {}

  /**
   * An empty log.
   *
   * @param stored what the partition is stored as, with the schema that is written now
   * @param poisoned whether a write has failed, of the whole medium: set here, by any of its
   *     journals, and never taken back
   */
  public MemoryJournal(Medium.Stored stored, AtomicBoolean poisoned) {
    this.schemas = stored.schemas();
    this.schema = stored.schema();
    this.poisoned = poisoned;
  }

  /**
   * Puts a batch at the end that was read back from storage; the cursor stays. The array belongs to
   * the journal from then on.
   *
   * @param batch what {@link Batch#array} was up to {@link Batch#size} when it was appended; what
   *     is in the room for the header and the checksums does not matter
   * @throws IllegalArgumentException if it is not a batch
   */
  protected final void replay(byte[] batch) {
    int records = 0;
    int at = Batch.HEADER_BYTES;
    for (; at <= batch.length - Batch.RECORD_OVERHEAD; records++) {
      at += length(batch, at) + Batch.RECORD_OVERHEAD;
    }
    if (at != batch.length) {
      throw new IllegalArgumentException(batch.length + " bytes are not a batch");
    }
    add(batch, records);
  }

  /** The next readers see the whole batch, because the end moves last. */
  private void add(byte[] batch, int records) {
    synchronized (this) {
      stored += batch.length;
    }
    MemoryPoint start = end;
    batches.put(start.position, new Held(start.sequence, batch));
    end = new MemoryPoint(start.position + batch.length, start.sequence + records);
  }

  @Override
  public List<Schema> schemas() {
    return schemas;
  }

  @Override
  public int schema() {
    return schema;
  }

  /** Moves the cursor to the beginning of what is there; there are no snapshots. */
  @Override
  public @Nullable Snapshot rewind() {
    Map.Entry<Long, Held> batch = batches.ceilingEntry(first);
    cursor = batch == null ? end : new MemoryPoint(batch.getKey(), batch.getValue().sequence);
    return null;
  }

  @Override
  public long first() {
    return first;
  }

  @Override
  public long end() {
    checkUsable();
    return end.position;
  }

  private void checkUsable() {
    if (poisoned.get()) {
      throw new DatabaseException.Poisoned(
          "a write or sync failed: close the database and open it again");
    }
  }

  @Override
  public Point cursor() {
    return cursor;
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
    MemoryPoint start = cursor;
    Map.Entry<Long, Held> batch = batches.ceilingEntry(start.position);
    if (start.position < first || batch == null || batch.getKey() != start.position) {
      return false;
    }
    List<Placed> records = records(batch);
    records.forEach(each -> sink.event(each.position, each.schema, each.payload));
    int bytes = batch.getValue().bytes.length;
    cursor = new MemoryPoint(start.position + bytes, start.sequence + records.size());
    return true;
  }

  /** Calls {@link #write}, then moves the end and the cursor. */
  @Override
  public long append(Batch batch) {
    checkUsable();
    byte[] bytes = Arrays.copyOf(batch.array(), batch.size());
    long nanos;
    try {
      nanos = write(bytes);
    } catch (IOException e) {
      poisoned.set(true);
      throw new DatabaseException.OutcomeUnknown(
          "a write or sync failed: " + e.getMessage() + "; the database is poisoned", e);
    }
    add(bytes, batch.records());
    cursor = end;
    return nanos;
  }

  /**
   * Makes a batch durable, before anybody sees it; here the heap is enough.
   *
   * @param batch to be given to {@link #replay} when the partition is opened again; not to be
   *     changed
   * @return nanoseconds spent syncing
   * @throws DatabaseException.OutOfSpace if there is no room; nothing was changed
   * @throws IOException if it may have been stored or not: the medium is poisoned
   */
  protected long write(byte[] batch) throws IOException {
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
      Map<Long, Held> released = batches.headMap(first);
      released.values().forEach(batch -> stored -= batch.bytes.length);
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
    return read(position, first);
  }

  private @Nullable Event read(long position, long since) {
    Map.Entry<Long, Held> batch = position < since ? null : batches.floorEntry(position);
    if (batch == null) {
      return null;
    }
    Input payload = payload(batch.getValue().bytes, (int) (position - batch.getKey()));
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
        return MemoryJournal.this.read(position, since);
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
    Long start = batches.lowerKey(Math.max(from, first + 1));
    AtomicLong next = new AtomicLong(start == null ? first : start);
    return new Scan(() -> {
      if (next.get() >= to.getAsLong()) {
        return null;
      }
      Map.Entry<Long, Held> batch = batches.floorEntry(next.get());
      if (batch == null || batch.getKey() != next.get()) {
        throw new DatabaseException.StorageFailed(
            "what follows in the log, at " + next.get() + ", was released", null);
      }
      next.set(batch.getKey() + batch.getValue().bytes.length);
      return records(batch);
    });
  }

  @Override
  public EventScan scanBackwards(Point from) {
    var next =
        new Object() {
          Map.@Nullable Entry<Long, Held> batch = batches.lowerEntry(from.position());
        };
    return new Scan(() -> {
      Map.Entry<Long, Held> batch = next.batch;
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

  private static List<Placed> records(Map.Entry<Long, Held> batch) {
    byte[] bytes = batch.getValue().bytes;
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
