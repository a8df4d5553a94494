package dev.espora.db;

import dev.espora.db.IndexNode.Inner;
import dev.espora.db.IndexNode.Leaf;
import dev.espora.db.IndexNode.Slot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
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

  // --- looking up

  /** The leaf that a key is in, or would be. */
  static Leaf leaf(IndexNode root, KeyOrder order, byte[] key) {
    IndexNode node = root.loaded();
    while (node instanceof Inner inner) {
      node = inner.child(inner.indexOf(order, key));
    }
    return (Leaf) node;
  }

  static @Nullable Slot find(IndexNode root, KeyOrder order, byte[] key) {
    Leaf leaf = leaf(root, order, key);
    int index = leaf.keys().find(order, key);
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
    private @Nullable IndexNode root;
    private byte[] key = {};
    private int levels;
    private Leaf leaf = EMPTY;
    private int index;

    Path(KeyOrder order) {
      this.order = order;
    }

    /** Goes to a key, or where it would be. */
    @SuppressWarnings("ReferenceEquality") // the same nodes and the same array, or looked up again
    private void seek(IndexNode root, byte[] key) {
      if (this.root == root && this.key == key) {
        return;
      }
      this.root = root;
      this.key = key;
      levels = 0;
      IndexNode node = root.loaded();
      while (node instanceof Inner inner) {
        int child = inner.indexOf(order, key);
        inners[levels] = inner;
        indexes[levels++] = child;
        node = inner.child(child);
      }
      leaf = (Leaf) node;
      index = leaf.keys().find(order, key);
    }

    /** The entry at a key, if there is one. */
    @Nullable Slot find(IndexNode root, byte[] key) {
      seek(root, key);
      return index < 0 ? null : leaf.slot(index);
    }

    /** The tree with an entry put at a key. */
    IndexNode put(IndexNode root, byte[] key, Slot slot, Replaced replaced) {
      seek(root, key);
      IndexNode changed;
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

  private static Inner above(IndexNode root) {
    int at = splitAt(root, root.size());
    return new Inner(
        KeyBlock.EMPTY.insert(0, separator(root, at)),
        new IndexNode[] {left(root, at), right(root, at)});
  }

  private static Inner replace(Inner inner, int index, IndexNode child) {
    if (!isOverfull(child)) {
      return inner.with(index, child);
    }
    // where keys come in ascending order, the left one will not grow any more and stays full
    boolean ascending =
        index == inner.size() - 1 && child.size() > MOST && !isTooLong(child.keys());
    int at = ascending ? MOST : splitAt(child, child.size());
    return inner.split(index, left(child, at), separator(child, at), right(child, at));
  }

  private static boolean isOverfull(IndexNode node) {
    return node.size() > MOST || (node.size() > 2 && isTooLong(node.keys()));
  }

  private static boolean isTooLong(KeyBlock keys) {
    return keys.bytes().length > MOST_KEY_BYTES;
  }

  /** In the middle; of long keys, where both halves have about as many bytes. */
  private static int splitAt(IndexNode node, int size) {
    if (node instanceof Inner && size < 4) {
      return size - 1;
    }
    return isTooLong(node.keys()) ? Math.clamp(node.keys().middle(), 1, size - 1) : size / 2;
  }

  private static IndexNode left(IndexNode node, int at) {
    return node instanceof Leaf leaf ? leaf.slice(0, at) : ((Inner) node).slice(0, at);
  }

  private static IndexNode right(IndexNode node, int at) {
    return node instanceof Leaf leaf
        ? leaf.slice(at, leaf.size())
        : ((Inner) node).slice(at, node.size());
  }

  private static byte[] separator(IndexNode node, int at) {
    return node.keys().get(node instanceof Leaf ? at : at - 1);
  }

  /** The tree without a key. */
  static IndexNode remove(IndexNode root, KeyOrder order, byte[] key, Replaced replaced) {
    IndexNode changed = removeFrom(root.loaded(), order, key, replaced);
    while (changed instanceof Inner inner && inner.size() == 1) {
      changed = inner.child(0);
    }
    return changed.size() == 0 ? EMPTY : changed;
  }

  private static IndexNode removeFrom(
      IndexNode node, KeyOrder order, byte[] key, Replaced replaced) {
    if (node instanceof Leaf leaf) {
      int index = leaf.keys().find(order, key);
      if (index < 0) {
        return leaf;
      }
      replaced.slot = leaf.slot(index);
      return leaf.remove(index);
    }
    Inner inner = (Inner) node;
    int index = inner.indexOf(order, key);
    IndexNode child = removeFrom(inner.child(index), order, key, replaced);
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
    IndexNode left = inner.child(first);
    IndexNode right = inner.child(first + 1);
    int keyBytes = left.keys().bytes().length + right.keys().bytes().length;
    if (left instanceof Leaf != right instanceof Leaf // stored parts may differ in depth
        || left.size() + right.size() > MOST
        || keyBytes > MOST_KEY_BYTES / 2) {
      return inner;
    }
    IndexNode merged = join(left, inner.keys().get(first), right);
    return inner.without(first + 1).with(first, merged);
  }

  private static IndexNode join(IndexNode left, byte[] separator, IndexNode right) {
    if (left instanceof Leaf leaf) {
      return leaf.append((Leaf) right);
    }
    Inner one = (Inner) left;
    Inner other = (Inner) right;
    IndexNode[] children = Arrays.copyOf(one.children(), one.size() + other.size());
    System.arraycopy(other.children(), 0, children, one.size(), other.size());
    KeyBlock keys = one.keys().insert(one.keys().count(), separator).append(other.keys());
    return new Inner(keys, children);
  }

  // --- as a whole

  /**
   * A tree of parts that are in order.
   *
   * @param firsts the lowest key of each
   */
  static IndexNode of(List<? extends IndexNode> parts, List<byte[]> firsts) {
    if (parts.isEmpty()) {
      return EMPTY;
    }
    int longest = firsts.stream().mapToInt(first -> first.length).max().orElse(1);
    int most = Math.clamp(MOST_KEY_BYTES / longest, 2, MOST);
    List<IndexNode> level = List.copyOf(parts);
    List<byte[]> lowest = firsts;
    while (level.size() > 1) {
      List<IndexNode> above = new ArrayList<>();
      List<byte[]> lowestAbove = new ArrayList<>();
      int groups = (level.size() + most - 1) / most;
      for (int group = 0; group < groups; group++) {
        int from = (int) ((long) level.size() * group / groups);
        int to = (int) ((long) level.size() * (group + 1) / groups);
        IndexNode[] children = level.subList(from, to).toArray(IndexNode[]::new);
        above.add(new Inner(KeyBlock.of(lowest, from + 1, to), children));
        lowestAbove.add(lowest.get(from));
      }
      level = above;
      lowest = lowestAbove;
    }
    return level.getFirst();
  }

  /** The leaves of a tree from the one that a key is in or would be; all if there is no key. */
  static Iterator<Leaf> leaves(IndexNode root, KeyOrder order, byte @Nullable [] from) {
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

    Leaves(IndexNode root, KeyOrder order, byte @Nullable [] from) {
      IndexNode node = root.loaded();
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
        IndexNode node = step.node.child(step.next++);
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
