package dev.espora.db;

import dev.espora.db.codec.Codec;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * An append-only sequence of rows of one type, a {@link Partition} whose events are the rows
 * themselves.
 *
 * <p>Safe for use by any number of threads. Reads see every row that any process had acknowledged
 * when they began, and, under a durability that {@linkplain Durability#survivesPowerCut survives a
 * power cut}, nothing that a crash could take back; they cost no memory beyond the batch at hand.
 * Streams are for use by one thread.
 *
 * @param <T> the type of the rows: a record, or whatever else {@link Codec#of} takes
 */
public final class Log<T> {
  private final Committer<LogState<T>, Function<Tail<T>, Decision<T, Object>>, T, Object> partition;

  Log(
      LogMachine<T> machine,
      Committer<LogState<T>, Function<Tail<T>, Decision<T, Object>>, T, Object> partition) {
    this.partition = partition;
    machine.journal = partition.journal();
  }

  /**
   * The newest rows, as a transaction sees them: alone in the partition, those before it in the
   * same batch included.
   */
  public interface Tail<T> {

    /** How many rows there are. */
    long size();

    /**
     * The newest rows, newest first, as many as there are up to a number. The last few that were
     * appended while the log was open here are in memory; others are read from disk, and the
     * partition waits.
     */
    List<T> newest(int atMost);
  }

  public String name() {
    return partition.name();
  }

  /**
   * Appends a row and waits until it is as durable as the database's {@link Durability} says.
   *
   * @return the receipt, with the number of the row, counted from 0
   * @throws DatabaseException as {@link Partition#submit} says
   */
  public Receipt<Long> append(T row) {
    return typed(partition.submit(appending(row)));
  }

  /** As {@link #append}, without waiting. */
  public CompletableFuture<Receipt<Long>> appendAsync(T row) {
    return partition.submitAsync(appending(row)).thenApply(Log::typed);
  }

  /**
   * Looks at the newest rows and appends none, one or several, alone in the partition, across all
   * processes. The body runs on a thread of the database or of any caller, perhaps more than once,
   * so it has no side effects; it must not block, and must not use the database.
   *
   * @param body says which rows to append, all or nothing, and what to answer; what it throws
   *     reaches this caller alone
   * @return the receipt, with the body's answer
   * @throws DatabaseException as {@link Partition#submit} says
   */
  public <R> Receipt<R> transact(Function<Tail<T>, Decision<T, R>> body) {
    return typed(partition.submit(tail -> untyped(body.apply(tail))));
  }

  /** As {@link #transact}, without waiting. */
  public <R> CompletableFuture<Receipt<R>> transactAsync(Function<Tail<T>, Decision<T, R>> body) {
    return partition.submitAsync(tail -> untyped(body.apply(tail))).thenApply(Log::typed);
  }

  /** How many rows there are. */
  public long size() {
    return partition.state().size();
  }

  /** All rows, oldest first, read from disk as they are asked for. Close the stream. */
  public Stream<T> rows() {
    long end = partition.current().position();
    return stream(partition.journal().scan(0, () -> end));
  }

  /**
   * All rows, newest first, read from disk as they are asked for: the newest ten cost ten rows.
   * Close the stream.
   */
  public Stream<T> rowsReversed() {
    return stream(partition.journal().scanBackwards(partition.current()));
  }

  private static <T> Function<Tail<T>, Decision<T, Object>> appending(T row) {
    return tail -> Decision.accept(row, tail.size());
  }

  private static <T, R> Decision<T, Object> untyped(Decision<T, R> decision) {
    return new Decision<>(decision.events(), decision.result());
  }

  @SuppressWarnings("unchecked") // the result comes from the body that this caller gave
  private static <R> Receipt<R> typed(Receipt<Object> receipt) {
    return (Receipt<R>) receipt;
  }

  private Stream<T> stream(Journal.EventScan scan) {
    Iterator<T> rows = new RowIterator(scan);
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(
                rows, Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE),
            false)
        .onClose(scan::close);
  }

  private final class RowIterator implements Iterator<T> {
    private final Journal.EventScan scan;
    private @Nullable Boolean more;

    RowIterator(Journal.EventScan scan) {
      this.scan = scan;
    }

    @Override
    public boolean hasNext() {
      if (more == null) {
        more = scan.next();
      }
      return more;
    }

    @Override
    public T next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      more = null;
      return partition.decode(scan.schema(), scan.payload());
    }
  }
}
