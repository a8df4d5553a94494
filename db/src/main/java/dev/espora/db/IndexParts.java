package dev.espora.db;

import dev.espora.db.codec.IncompatibleException;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.MalformedException;
import dev.espora.db.codec.Output;
import dev.espora.db.codec.Schema;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * A store's state in a snapshot: its index as it is in memory, so that reading is copying, and so
 * that opening reads nothing but the last part, however many entries there are; the others follow
 * when a key in them is looked up.
 *
 * <pre>
 * each part but the last: leaves, each:
 *   int entries | int bytes of the keys | byte 1 if an entry expires, else 0
 *   keys | short end of each key | long position of each | long created of each | int bytes of each
 *   | long expires of each, if one does
 * last part:
 *   long size | long live bytes | long bytes of keys | long mortal | long clock
 *   for each part: int bytes of its first key | the key
 * </pre>
 */
final class IndexParts {
  static final Schema SCHEMA = new Schema.Opaque("store index");

  /** What an entry takes beside its key. */
  static final int ENTRY_BYTES = 2 + 8 + 8 + 4;

  private IndexParts() {}

  /** The parts of a state, made as they are asked for. */
  static final class Writer implements Iterator<byte[]> {
    private final Output out = new Output(1 << 15);
    private final Output last = new Output(1 << 12);
    private final Iterator<IndexNode.Leaf> leaves;
    private boolean ended;

    Writer(StoreState state, KeyOrder order) {
      this.leaves = Index.leaves(state.root(), order, null);
      last.writeLong(state.size());
      last.writeLong(state.liveBytes());
      last.writeLong(state.keyBytes());
      last.writeLong(state.mortal());
      last.writeLong(state.clock());
    }

    @Override
    public boolean hasNext() {
      return !ended;
    }

    @Override
    public byte[] next() {
      if (ended) {
        throw new NoSuchElementException();
      }
      out.truncate(0);
      for (int i = 0; i < Index.MOST && leaves.hasNext(); i++) {
        IndexNode.Leaf leaf = leaves.next();
        if (out.size() == 0 && leaf.size() > 0) {
          byte[] first = leaf.keys().get(0);
          last.writeInt(first.length);
          last.writeBytes(first);
        }
        if (leaf.size() > 0) {
          write(leaf);
        }
      }
      if (out.size() > 0) {
        return out.toByteArray();
      }
      ended = true;
      return last.toByteArray();
    }

    private void write(IndexNode.Leaf leaf) {
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

  static StoreState read(Schema written, Journal.Parts parts, KeyOrder order) {
    if (!written.equals(SCHEMA)) {
      throw new IncompatibleException("a snapshot holds " + written + ", not " + SCHEMA);
    }
    if (parts.count() == 0) {
      throw new MalformedException("a snapshot has no parts");
    }
    Input in = new Input(parts.get(parts.count() - 1));
    StoreState sums =
        new StoreState(
            Index.EMPTY, in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readLong());
    List<byte[]> firsts = new ArrayList<>();
    List<IndexNode.Stored> stored = new ArrayList<>();
    for (int i = 0; i < parts.count() - 1; i++) {
      int part = i;
      firsts.add(in.readBytes(in.readInt()));
      stored.add(new IndexNode.Stored(() -> leaves(parts.get(part))));
    }
    StoreState state = sums.with(Index.of(stored, firsts));
    return order.isFixed() || isAscending(state, order) ? state : reordered(state, order);
  }

  private static List<IndexNode.Leaf> leaves(byte[] part) {
    Input in = new Input(part);
    List<IndexNode.Leaf> leaves = new ArrayList<>(Index.MOST);
    try {
      while (in.remaining() > 0) {
        leaves.add(leaf(in));
      }
    } catch (MalformedException e) { // read when an entry is first asked for, long after opening
      throw new DatabaseException.SchemaMismatch(
          "a snapshot of a store holds no index: " + e.getMessage());
    }
    return leaves;
  }

  private static IndexNode.Leaf leaf(Input in) {
    int count = in.readInt();
    int keyBytes = in.readInt();
    if (count < 0 || count > in.remaining() / ENTRY_BYTES) {
      throw new MalformedException("a leaf of " + count + " entries");
    }
    boolean expires = in.readByte() == 1;
    byte[] keys = in.readBytes(keyBytes);
    char[] ends = new char[count];
    for (int i = 0; i < count; i++) {
      ends[i] = (char) ((in.readByte() & 0xFF) | in.readByte() << 8);
      if (ends[i] < (i == 0 ? 0 : ends[i - 1]) || ends[i] > keyBytes) {
        throw new MalformedException("key " + i + " of a leaf ends before it begins");
      }
    }
    long[] positions = longs(in, count);
    long[] created = longs(in, count);
    int[] bytes = new int[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = in.readInt();
    }
    return new IndexNode.Leaf(
        new KeyBlock(keys, ends), positions, created, bytes, expires ? longs(in, count) : null);
  }

  private static long[] longs(Input in, int count) {
    long[] words = new long[count];
    for (int i = 0; i < count; i++) {
      words[i] = in.readLong();
    }
    return words;
  }

  /** Whoever took the snapshot may have compared the keys in another way. */
  private static boolean isAscending(StoreState state, KeyOrder order) {
    byte[] before = null;
    Iterator<IndexNode.Leaf> leaves = Index.leaves(state.root(), order, null);
    while (leaves.hasNext()) {
      IndexNode.Leaf leaf = leaves.next();
      for (int i = 0; i < leaf.size(); i++) {
        byte[] key = leaf.keys().get(i);
        if (before != null && order.compare(before, 0, before.length, key, 0, key.length) >= 0) {
          return false;
        }
        before = key;
      }
    }
    return true;
  }

  private static StoreState reordered(StoreState state, KeyOrder order) {
    StoreState ordered = StoreState.EMPTY;
    Index.Path path = new Index.Path(order);
    Iterator<IndexNode.Leaf> leaves = Index.leaves(state.root(), order, null);
    while (leaves.hasNext()) {
      IndexNode.Leaf leaf = leaves.next();
      for (int i = 0; i < leaf.size(); i++) {
        ordered = ordered.put(path, leaf.keys().get(i), leaf.slot(i), state.clock());
      }
    }
    return ordered;
  }
}
