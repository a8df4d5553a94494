package dev.espora.db;

import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The entries of a store at one moment, in the order of their keys, read one after another. */
final class StoreScan<K, V> implements Iterator<Map.Entry<K, Entry<V>>> {
  private final StoreTypes<K, V> types;
  private final Journal.Reader reader;
  private final Cursor cursor;

  StoreScan(Store<K, V> store, byte @Nullable [] from, byte @Nullable [] to) {
    this.types = store.types();
    Journal journal = store.partition().journal();
    StoreState state;
    Journal.Reader pinned;
    while (true) {
      long first = journal.first();
      state = store.partition().state();
      pinned = journal.reader();
      if (journal.first() == first) {
        break; // nothing that the state points to was released before it was pinned
      }
      pinned.close();
    }
    this.reader = pinned;
    this.cursor = new Cursor(state, types.order(), store.time(state), from, to);
  }

  Stream<Map.Entry<K, Entry<V>>> stream() {
    return streamed(this).onClose(reader::close);
  }

  private static <T> Stream<T> streamed(Iterator<T> iterator) {
    int characteristics = Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE;
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(iterator, characteristics), false);
  }

  @Override
  public boolean hasNext() {
    return cursor.hasNext();
  }

  @Override
  public Map.Entry<K, Entry<V>> next() {
    cursor.take();
    long position = cursor.position();
    Journal.Event event = reader.read(position);
    if (event == null) {
      throw new DatabaseException.Closed("the stream or its database was closed");
    }
    StoreEvent header = types.header(position, event.payload());
    return Map.entry(
        types.decodeKey(cursor.key()), types.entry(header, event.schema(), event.payload()));
  }

  static <K> Stream<K> keys(StoreState state, StoreTypes<K, ?> types, long time) {
    Cursor cursor = new Cursor(state, types.order(), time, null, null);
    return streamed(
        new Iterator<K>() {
          @Override
          public boolean hasNext() {
            return cursor.hasNext();
          }

          @Override
          public K next() {
            cursor.take();
            return types.decodeKey(cursor.key());
          }
        });
  }

  /** Goes from entry to entry, past those whose time is over. */
  private static final class Cursor {
    private final Iterator<IndexNode.Leaf> leaves;
    private final KeyOrder order;
    private final long time;
    private final byte @Nullable [] to;
    private IndexNode.Leaf leaf;

    /** The entry taken last, or looked at ahead. */
    private int index;

    private boolean isAhead;

    Cursor(
        StoreState state, KeyOrder order, long time, byte @Nullable [] from, byte @Nullable [] to) {
      this.leaves = Index.leaves(state.root(), order, from);
      this.order = order;
      this.time = time;
      this.to = to;
      this.leaf = leaves.next();
      int found = from == null ? 0 : leaf.keys().find(order, from);
      this.index = (found < 0 ? -1 - found : found) - 1;
    }

    boolean hasNext() {
      if (!isAhead) {
        isAhead = true;
        moveOn();
      }
      return index < leaf.size();
    }

    private void moveOn() {
      do {
        index++;
        while (index >= leaf.size() && leaves.hasNext()) {
          leaf = leaves.next();
          index = 0;
        }
      } while (index < leaf.size() && leaf.expires(index) <= time);
      if (to != null && index < leaf.size()) {
        byte[] key = leaf.keys().get(index);
        if (order.compare(key, 0, key.length, to, 0, to.length) >= 0) {
          leaf = Index.EMPTY;
        }
      }
    }

    /** Takes the next entry. */
    void take() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      isAhead = false;
    }

    byte[] key() {
      return leaf.keys().get(index);
    }

    long position() {
      return leaf.positions()[index];
    }
  }
}
