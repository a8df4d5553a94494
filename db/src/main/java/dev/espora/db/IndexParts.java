package dev.espora.db;

import dev.espora.db.codec.IncompatibleException;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.Output;
import dev.espora.db.codec.Schema;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * A store's state in a snapshot: what is in memory, leaf by leaf, so that reading it back is
 * copying.
 *
 * <pre>
 * first part    long size | long clock
 * other parts   leaves, each:
 *   int entries | int bytes of the keys | byte 1 if an entry expires, else 0
 *   keys | short end of each key | long position of each | long created of each | int bytes of each
 *   | long expires of each, if one does
 * </pre>
 */
final class IndexParts {
  static final Schema SCHEMA = new Schema.Opaque("store index");

  /** What an entry takes beside its key. */
  static final int ENTRY_BYTES = 2 + 8 + 8 + 4;

  private static final int PART_BYTES = 1 << 16;

  private IndexParts() {}

  /** The parts of a state, made as they are asked for. */
  static final class Writer implements Journal.Parts {
    private final Output out = new Output(PART_BYTES);
    private final StoreState state;
    private final Iterator<Index.Leaf> leaves;
    private boolean begun;

    Writer(StoreState state, KeyOrder order) {
      this.state = state;
      this.leaves = Index.leaves(state.root(), order, null);
    }

    @Override
    public boolean hasNext() {
      return !begun || leaves.hasNext();
    }

    @Override
    public byte[] next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      out.truncate(0);
      if (!begun) {
        begun = true;
        out.writeLong(state.size());
        out.writeLong(state.clock());
        return out.toByteArray();
      }
      while (leaves.hasNext() && out.size() < PART_BYTES) {
        write(leaves.next());
      }
      return out.toByteArray();
    }

    private void write(Index.Leaf leaf) {
      out.writeInt(leaf.size());
      out.writeInt(leaf.keys().bytes().length);
      out.writeByte(leaf.expires() == null ? 0 : 1);
      out.writeBytes(leaf.keys().bytes());
      for (char end : leaf.keys().ends()) {
        out.writeByte(end);
        out.writeByte(end >>> 8);
      }
      write(leaf.positions());
      write(leaf.created());
      for (int bytes : leaf.bytes()) {
        out.writeInt(bytes);
      }
      if (leaf.expires() != null) {
        write(leaf.expires());
      }
    }

    private void write(long[] words) {
      for (long word : words) {
        out.writeLong(word);
      }
    }
  }

  static StoreState read(Schema written, Iterator<byte[]> parts, KeyOrder order) {
    if (!written.equals(SCHEMA)) {
      throw new IncompatibleException("a snapshot holds " + written + ", not " + SCHEMA);
    }
    Input first = new Input(parts.next());
    long size = first.readLong();
    long clock = first.readLong();
    List<Index.Leaf> leaves = new ArrayList<>();
    while (parts.hasNext()) {
      Input in = new Input(parts.next());
      while (in.remaining() > 0) {
        Index.Leaf leaf = leaf(in);
        if (leaf.size() > 0) {
          leaves.add(leaf);
        }
      }
    }
    return isAscending(leaves, order)
        ? summed(leaves, size, clock)
        : reordered(leaves, order, clock);
  }

  private static Index.Leaf leaf(Input in) {
    int count = in.readInt();
    int keyBytes = in.readInt();
    boolean expires = in.readByte() == 1;
    byte[] keys = in.readBytes(keyBytes);
    char[] ends = new char[count];
    for (int i = 0; i < count; i++) {
      ends[i] = (char) ((in.readByte() & 0xFF) | in.readByte() << 8);
    }
    long[] positions = longs(in, count);
    long[] created = longs(in, count);
    int[] bytes = new int[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = in.readInt();
    }
    return new Index.Leaf(
        new KeyBlock(keys, ends), positions, created, bytes, expires ? longs(in, count) : null);
  }

  private static long[] longs(Input in, int count) {
    long[] words = new long[count];
    for (int i = 0; i < count; i++) {
      words[i] = in.readLong();
    }
    return words;
  }

  private static StoreState summed(List<Index.Leaf> leaves, long size, long clock) {
    long liveBytes = 0;
    long keyBytes = 0;
    long mortal = 0;
    for (Index.Leaf leaf : leaves) {
      keyBytes += leaf.keys().bytes().length;
      for (int bytes : leaf.bytes()) {
        liveBytes += bytes;
      }
      for (int i = 0; leaf.expires() != null && i < leaf.size(); i++) {
        mortal += leaf.expires(i) == StoreEvent.NEVER ? 0 : 1;
      }
    }
    return new StoreState(Index.of(leaves), size, liveBytes, keyBytes, mortal, clock);
  }

  /** The application may compare its keys in another way than when the snapshot was taken. */
  private static boolean isAscending(List<Index.Leaf> leaves, KeyOrder order) {
    byte[] before = null;
    for (Index.Leaf leaf : leaves) {
      int step = order.isFixed() ? Math.max(1, leaf.size() - 1) : 1;
      for (int i = 0; i < leaf.size(); i += step) {
        byte[] key = leaf.keys().get(i);
        if (before != null && order.compare(before, 0, before.length, key, 0, key.length) >= 0) {
          return false;
        }
        before = key;
      }
    }
    return true;
  }

  private static StoreState reordered(List<Index.Leaf> leaves, KeyOrder order, long clock) {
    StoreState state = StoreState.EMPTY;
    for (Index.Leaf leaf : leaves) {
      for (int i = 0; i < leaf.size(); i++) {
        state = state.put(order, leaf.keys().get(i), leaf.slot(i), clock);
      }
    }
    return state;
  }
}
