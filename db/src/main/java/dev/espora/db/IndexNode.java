package dev.espora.db;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A node of an {@link Index}, which never changes: every change makes another one. */
sealed interface IndexNode {
  KeyBlock keys();

  /** Entries or children. */
  int size();

  /** This node, read from where it is stored if it has not been before. */
  default IndexNode loaded() {
    return this;
  }

  /**
   * Where an entry stands and what a decision has to know of it.
   *
   * @param position of its event in the log
   * @param bytes that its event takes in the log
   * @param created in milliseconds since 1970
   * @param expires in milliseconds since 1970, {@link Long#MAX_VALUE} for never
   */
  record Slot(long position, int bytes, long created, long expires) {}

  /** Entries in the order of their keys. */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
  record Leaf(
      KeyBlock keys, long[] positions, long[] created, int[] bytes, long @Nullable [] expires)
      implements IndexNode {

    @Override
    public int size() {
      return positions.length;
    }

    long expires(int index) {
      return expires == null ? Long.MAX_VALUE : expires[index];
    }

    Slot slot(int index) {
      return new Slot(positions[index], bytes[index], created[index], expires(index));
    }

    Leaf with(int index, Slot slot) {
      long[] newPositions = positions.clone();
      newPositions[index] = slot.position;
      long[] newCreated = created;
      if (created[index] != slot.created) {
        newCreated = created.clone();
        newCreated[index] = slot.created;
      }
      int[] newBytes = bytes;
      if (bytes[index] != slot.bytes) {
        newBytes = bytes.clone();
        newBytes[index] = slot.bytes;
      }
      long[] newExpires = expires;
      if (expires(index) != slot.expires) {
        newExpires = expires == null ? never(size()) : expires.clone();
        newExpires[index] = slot.expires;
      }
      return new Leaf(keys, newPositions, newCreated, newBytes, newExpires);
    }

    Leaf insert(int index, byte[] key, Slot slot) {
      long[] newExpires = null;
      if (expires != null || slot.expires != Long.MAX_VALUE) {
        newExpires = opened(expires == null ? never(size()) : expires, index);
        newExpires[index] = slot.expires;
      }
      long[] newPositions = opened(positions, index);
      newPositions[index] = slot.position;
      long[] newCreated = opened(created, index);
      newCreated[index] = slot.created;
      int[] newBytes = new int[bytes.length + 1];
      System.arraycopy(bytes, 0, newBytes, 0, index);
      System.arraycopy(bytes, index, newBytes, index + 1, bytes.length - index);
      newBytes[index] = slot.bytes;
      return new Leaf(keys.insert(index, key), newPositions, newCreated, newBytes, newExpires);
    }

    Leaf remove(int index) {
      int[] newBytes = new int[bytes.length - 1];
      System.arraycopy(bytes, 0, newBytes, 0, index);
      System.arraycopy(bytes, index + 1, newBytes, index, newBytes.length - index);
      return new Leaf(
          keys.remove(index),
          closed(positions, index),
          closed(created, index),
          newBytes,
          expires == null ? null : closed(expires, index));
    }

    Leaf slice(int from, int to) {
      return new Leaf(
          keys.slice(from, to),
          Arrays.copyOfRange(positions, from, to),
          Arrays.copyOfRange(created, from, to),
          Arrays.copyOfRange(bytes, from, to),
          expires == null ? null : Arrays.copyOfRange(expires, from, to));
    }

    Leaf append(Leaf other) {
      int[] newBytes = Arrays.copyOf(bytes, size() + other.size());
      System.arraycopy(other.bytes, 0, newBytes, size(), other.size());
      long[] newExpires = null;
      if (expires != null || other.expires != null) {
        newExpires =
            joined(
                expires == null ? never(size()) : expires,
                other.expires == null ? never(other.size()) : other.expires);
      }
      return new Leaf(
          keys.append(other.keys),
          joined(positions, other.positions),
          joined(created, other.created),
          newBytes,
          newExpires);
    }
  }

  /**
   * Children in the order of their keys.
   *
   * @param keys in front of each child but the first: no key of it is lower, all before it are
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
  record Inner(KeyBlock keys, IndexNode[] children) implements IndexNode {

    @Override
    public int size() {
      return children.length;
    }

    /** A child, which is kept here once it is loaded. */
    IndexNode child(int index) {
      IndexNode child = children[index];
      IndexNode loaded = child.loaded();
      if (child instanceof Stored) {
        children[index] = loaded; // the same to whoever sees either
      }
      return loaded;
    }

    /** The index of the child that a key belongs to. */
    int indexOf(KeyOrder order, byte[] key) {
      int found = keys.find(order, key);
      return found >= 0 ? found + 1 : -1 - found;
    }

    Inner with(int index, IndexNode child) {
      IndexNode[] changed = children.clone();
      changed[index] = child;
      return new Inner(keys, changed);
    }

    Inner split(int index, IndexNode left, byte[] separator, IndexNode right) {
      IndexNode[] changed = new IndexNode[children.length + 1];
      System.arraycopy(children, 0, changed, 0, index);
      changed[index] = left;
      changed[index + 1] = right;
      System.arraycopy(children, index + 1, changed, index + 2, children.length - index - 1);
      return new Inner(keys.insert(index, separator), changed);
    }

    /** Without a child; the separator beside it goes as well. */
    Inner without(int index) {
      IndexNode[] changed = new IndexNode[children.length - 1];
      System.arraycopy(children, 0, changed, 0, index);
      System.arraycopy(children, index + 1, changed, index, changed.length - index);
      return new Inner(keys.remove(Math.max(0, index - 1)), changed);
    }

    Inner slice(int from, int to) {
      return new Inner(keys.slice(from, to - 1), Arrays.copyOfRange(children, from, to));
    }
  }

  /** Leaves in a snapshot that nobody has asked for yet. */
  final class Stored implements IndexNode {
    private final Supplier<List<Leaf>> leaves;
    private volatile @Nullable IndexNode loaded;

    Stored(Supplier<List<Leaf>> leaves) {
      this.leaves = leaves;
    }

    @Override
    public IndexNode loaded() {
      IndexNode known = loaded;
      if (known == null) {
        List<Leaf> all = leaves.get();
        known = Index.of(all, all.stream().map(leaf -> leaf.keys.get(0)).toList());
        loaded = known;
      }
      return known;
    }

    @Override
    public KeyBlock keys() {
      return loaded().keys();
    }

    @Override
    public int size() {
      return loaded().size();
    }
  }

  private static long[] never(int length) {
    long[] never = new long[length];
    Arrays.fill(never, Long.MAX_VALUE);
    return never;
  }

  private static long[] opened(long[] array, int index) {
    long[] longer = new long[array.length + 1];
    System.arraycopy(array, 0, longer, 0, index);
    System.arraycopy(array, index, longer, index + 1, array.length - index);
    return longer;
  }

  private static long[] closed(long[] array, int index) {
    long[] shorter = new long[array.length - 1];
    System.arraycopy(array, 0, shorter, 0, index);
    System.arraycopy(array, index + 1, shorter, index, shorter.length - index);
    return shorter;
  }

  private static long[] joined(long[] first, long[] second) {
    long[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
