package dev.espora.db;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where each key's entry stands in the log: a B+ tree whose nodes never change, so that a reader
 * keeps the one it got, and a scan sees one moment. A change copies the nodes from the root to one
 * leaf, and what it leaves alone is shared; overwriting an entry does not copy the leaf's keys.
 *
 * <p>Keys and entries lie in arrays of exact length: per entry its key and some 30 bytes.
 */
final class Index {
  /** Children or entries of a node. More make lookups shallower and changes more expensive. */
  static final int MOST = 32;

  /** A node with fewer is put together with its neighbour where both fit into one. */
  private static final int FEWEST = 12;

  /** A node whose keys take more is split, too. */
  private static final int MOST_KEY_BYTES = 1 << 15;

  static final Leaf EMPTY = new Leaf(KeyBlock.EMPTY, new long[0], new long[0], new int[0], null);

  private Index() {}

  sealed interface Node {
    KeyBlock keys();

    /** Entries or children. */
    int size();

    /** This node, read from where it is stored if it has not been before. */
    default Node loaded() {
      return this;
    }
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
      implements Node {

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

    private Leaf with(int index, Slot slot) {
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

    private Leaf insert(int index, byte[] key, Slot slot) {
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

    private Leaf remove(int index) {
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

    private Leaf slice(int from, int to) {
      return new Leaf(
          keys.slice(from, to),
          Arrays.copyOfRange(positions, from, to),
          Arrays.copyOfRange(created, from, to),
          Arrays.copyOfRange(bytes, from, to),
          expires == null ? null : Arrays.copyOfRange(expires, from, to));
    }

    private Leaf append(Leaf other) {
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
  record Inner(KeyBlock keys, Node[] children) implements Node {

    @Override
    public int size() {
      return children.length;
    }

    /** A child, which is kept here once it is loaded. */
    Node child(int index) {
      Node child = children[index];
      Node loaded = child.loaded();
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

    private Inner with(int index, Node child) {
      Node[] changed = children.clone();
      changed[index] = child;
      return new Inner(keys, changed);
    }

    private Inner split(int index, Node left, byte[] separator, Node right) {
      Node[] changed = new Node[children.length + 1];
      System.arraycopy(children, 0, changed, 0, index);
      changed[index] = left;
      changed[index + 1] = right;
      System.arraycopy(children, index + 1, changed, index + 2, children.length - index - 1);
      return new Inner(keys.insert(index, separator), changed);
    }

    /** Without a child; the separator beside it goes as well. */
    private Inner without(int index) {
      Node[] changed = new Node[children.length - 1];
      System.arraycopy(children, 0, changed, 0, index);
      System.arraycopy(children, index + 1, changed, index, changed.length - index);
      return new Inner(keys.remove(Math.max(0, index - 1)), changed);
    }

    private Inner slice(int from, int to) {
      return new Inner(keys.slice(from, to - 1), Arrays.copyOfRange(children, from, to));
    }
  }

  /** Leaves in a snapshot that nobody has asked for yet. */
  static final class Stored implements Node {
    private final Supplier<List<Leaf>> leaves;
    private volatile @Nullable Inner loaded;

    Stored(Supplier<List<Leaf>> leaves) {
      this.leaves = leaves;
    }

    @Override
    public Inner loaded() {
      Inner known = loaded;
      if (known == null) {
        List<Leaf> all = leaves.get();
        List<byte[]> firsts = all.stream().map(leaf -> leaf.keys.get(0)).toList();
        known = new Inner(block(firsts, 1, firsts.size()), all.toArray(Node[]::new));
        loaded = known;
      }
      return known;
    }

    @Override
    public KeyBlock keys() {
      return loaded().keys;
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

  // --- looking up

  /** The leaf that a key is in, or would be. */
  static Leaf leaf(Node root, KeyOrder order, byte[] key) {
    Node node = root.loaded();
    while (node instanceof Inner inner) {
      node = inner.child(inner.indexOf(order, key));
    }
    return (Leaf) node;
  }

  static @Nullable Slot find(Node root, KeyOrder order, byte[] key) {
    Leaf leaf = leaf(root, order, key);
    int index = leaf.keys.find(order, key);
    return index < 0 ? null : leaf.slot(index);
  }

  /**
   * The way to a key, which is gone once for looking and changing. Not safe for use by several
   * threads.
   */
  static final class Path {
    /** More levels than any tree has that fits into memory. */
    private static final int MOST_LEVELS = 32;

    private final KeyOrder order;
    private final Inner[] inners = new Inner[MOST_LEVELS];
    private final int[] indexes = new int[MOST_LEVELS];
    private @Nullable Node root;
    private byte[] key = {};
    private int levels;
    private Leaf leaf = EMPTY;
    private int index;

    Path(KeyOrder order) {
      this.order = order;
    }

    /** Goes to a key, or where it would be. */
    @SuppressWarnings("ReferenceEquality") // the same nodes and the same array, or looked up again
    private void seek(Node root, byte[] key) {
      if (this.root == root && this.key == key) {
        return;
      }
      this.root = root;
      this.key = key;
      levels = 0;
      Node node = root.loaded();
      while (node instanceof Inner inner) {
        int child = inner.indexOf(order, key);
        inners[levels] = inner;
        indexes[levels++] = child;
        node = inner.child(child);
      }
      leaf = (Leaf) node;
      index = leaf.keys.find(order, key);
    }

    /** The entry at a key, if there is one. */
    @Nullable Slot find(Node root, byte[] key) {
      seek(root, key);
      return index < 0 ? null : leaf.slot(index);
    }

    /** The tree with an entry put at a key. */
    Node put(Node root, byte[] key, Slot slot, Replaced replaced) {
      seek(root, key);
      Node changed;
      if (index < 0) {
        changed = leaf.insert(-1 - index, key, slot);
      } else {
        replaced.slot = leaf.slot(index);
        changed = leaf.with(index, slot);
      }
      for (int level = levels - 1; level >= 0; level--) {
        changed = replace(inners[level], indexes[level], changed);
      }
      return isOverfull(changed) ? above(changed) : changed;
    }
  }

  // --- changing

  /** What a change took away. */
  static final class Replaced {
    @Nullable Slot slot;
  }

  private static Inner above(Node root) {
    int at = splitAt(root, root.size());
    return new Inner(
        KeyBlock.EMPTY.insert(0, separator(root, at)),
        new Node[] {left(root, at), right(root, at)});
  }

  private static Inner replace(Inner inner, int index, Node child) {
    if (!isOverfull(child)) {
      return inner.with(index, child);
    }
    // where keys come in ascending order, the left one will not grow any more and stays full
    boolean ascending =
        index == inner.size() - 1 && child.size() > MOST && !isTooLong(child.keys());
    int at = ascending ? MOST : splitAt(child, child.size());
    return inner.split(index, left(child, at), separator(child, at), right(child, at));
  }

  private static boolean isOverfull(Node node) {
    return node.size() > MOST || (node.size() > 2 && isTooLong(node.keys()));
  }

  private static boolean isTooLong(KeyBlock keys) {
    return keys.bytes().length > MOST_KEY_BYTES;
  }

  /** In the middle; of long keys, where both halves have about as many bytes. */
  private static int splitAt(Node node, int size) {
    if (node instanceof Inner && size < 4) {
      return size - 1;
    }
    return isTooLong(node.keys()) ? Math.clamp(node.keys().middle(), 1, size - 1) : size / 2;
  }

  private static Node left(Node node, int at) {
    return node instanceof Leaf leaf ? leaf.slice(0, at) : ((Inner) node).slice(0, at);
  }

  private static Node right(Node node, int at) {
    return node instanceof Leaf leaf
        ? leaf.slice(at, leaf.size())
        : ((Inner) node).slice(at, node.size());
  }

  private static byte[] separator(Node node, int at) {
    return node.keys().get(node instanceof Leaf ? at : at - 1);
  }

  /** The tree without a key. */
  static Node remove(Node root, KeyOrder order, byte[] key, Replaced replaced) {
    Node changed = removeFrom(root.loaded(), order, key, replaced);
    while (changed instanceof Inner inner && inner.size() == 1) {
      changed = inner.child(0);
    }
    return changed.size() == 0 ? EMPTY : changed;
  }

  private static Node removeFrom(Node node, KeyOrder order, byte[] key, Replaced replaced) {
    if (node instanceof Leaf leaf) {
      int index = leaf.keys.find(order, key);
      if (index < 0) {
        return leaf;
      }
      replaced.slot = leaf.slot(index);
      return leaf.remove(index);
    }
    Inner inner = (Inner) node;
    int index = inner.indexOf(order, key);
    Node child = removeFrom(inner.child(index), order, key, replaced);
    if (replaced.slot == null) {
      return inner;
    }
    if (child.size() == 0) {
      return inner.size() == 1 ? child : inner.without(index);
    }
    if (child.size() >= FEWEST || inner.size() == 1) {
      return inner.with(index, child);
    }
    return mergeWithNeighbour(inner.with(index, child), index);
  }

  private static Inner mergeWithNeighbour(Inner inner, int index) {
    int first = index == 0 ? 0 : index - 1;
    Node left = inner.child(first);
    Node right = inner.child(first + 1);
    int keyBytes = left.keys().bytes().length + right.keys().bytes().length;
    if (left.size() + right.size() > MOST || keyBytes > MOST_KEY_BYTES / 2) {
      return inner;
    }
    Node merged = join(left, inner.keys.get(first), right);
    return inner.without(first + 1).with(first, merged);
  }

  private static Node join(Node left, byte[] separator, Node right) {
    if (left instanceof Leaf leaf) {
      return leaf.append((Leaf) right);
    }
    Inner one = (Inner) left;
    Inner other = (Inner) right;
    Node[] children = Arrays.copyOf(one.children, one.size() + other.size());
    System.arraycopy(other.children, 0, children, one.size(), other.size());
    KeyBlock keys = one.keys.insert(one.keys.count(), separator).append(other.keys);
    return new Inner(keys, children);
  }

  // --- as a whole

  /**
   * A tree of stored parts that are in order.
   *
   * @param firsts the lowest key of each
   */
  static Node of(List<Stored> parts, List<byte[]> firsts) {
    if (parts.isEmpty()) {
      return EMPTY;
    }
    int longest = firsts.stream().mapToInt(first -> first.length).max().orElse(1);
    int most = Math.clamp(MOST_KEY_BYTES / longest, 2, MOST);
    List<Node> level = List.copyOf(parts);
    List<byte[]> lowest = firsts;
    while (level.size() > 1) {
      List<Node> above = new ArrayList<>();
      List<byte[]> lowestAbove = new ArrayList<>();
      int groups = (level.size() + most - 1) / most;
      for (int group = 0; group < groups; group++) {
        int from = (int) ((long) level.size() * group / groups);
        int to = (int) ((long) level.size() * (group + 1) / groups);
        Node[] children = level.subList(from, to).toArray(Node[]::new);
        above.add(new Inner(block(lowest, from + 1, to), children));
        lowestAbove.add(lowest.get(from));
      }
      level = above;
      lowest = lowestAbove;
    }
    return level.getFirst();
  }

  private static KeyBlock block(List<byte[]> keys, int from, int to) {
    int length = 0;
    char[] ends = new char[to - from];
    for (int i = from; i < to; i++) {
      length += keys.get(i).length;
      ends[i - from] = (char) length;
    }
    byte[] bytes = new byte[length];
    int at = 0;
    for (int i = from; i < to; i++) {
      System.arraycopy(keys.get(i), 0, bytes, at, keys.get(i).length);
      at += keys.get(i).length;
    }
    return new KeyBlock(bytes, ends);
  }

  /** The leaves of a tree from the one that a key is in or would be; all if there is no key. */
  static Iterator<Leaf> leaves(Node root, KeyOrder order, byte @Nullable [] from) {
    return new Leaves(root, order, from);
  }

  private static final class Leaves implements Iterator<Leaf> {
    /** From the root down: nodes, and the child to go on with in each. */
    private final Deque<Step> path = new ArrayDeque<>();

    private @Nullable Leaf next;

    private static final class Step {
      private final Inner node;
      private int next;

      Step(Inner node, int next) {
        this.node = node;
        this.next = next;
      }
    }

    Leaves(Node root, KeyOrder order, byte @Nullable [] from) {
      Node node = root.loaded();
      while (node instanceof Inner inner) {
        int index = from == null ? 0 : inner.indexOf(order, from);
        path.push(new Step(inner, index + 1));
        node = inner.child(index);
      }
      next = (Leaf) node;
    }

    @Override
    public boolean hasNext() {
      return next != null;
    }

    @Override
    public Leaf next() {
      Leaf leaf = next;
      if (leaf == null) {
        throw new NoSuchElementException();
      }
      next = advance();
      return leaf;
    }

    private @Nullable Leaf advance() {
      while (!path.isEmpty()) {
        Step step = path.peek();
        if (step.next == step.node.size()) {
          path.pop();
          continue;
        }
        Node node = step.node.child(step.next++);
        while (node instanceof Inner inner) {
          path.push(new Step(inner, 1));
          node = inner.child(0);
        }
        return (Leaf) node;
      }
      return null;
    }
  }
}
