package dev.espora.db;

import org.jspecify.annotations.Nullable;

/**
 * What memory keeps of a store: where each key's entry stands, and sums over them. Immutable.
 *
 * @param root of the {@link Index}
 * @param size entries, those included whose time is over and that were not swept yet
 * @param liveBytes that the entries' events take in the log
 * @param keyBytes that their keys take
 * @param mortal entries whose time will be over
 * @param clock the latest time that any event was written at: time never goes back behind it
 */
record StoreState(
    IndexNode root, long size, long liveBytes, long keyBytes, long mortal, long clock) {
  static final StoreState EMPTY = new StoreState(Index.EMPTY, 0, 0, 0, 0, 0);

  /** These sums over another tree. */
  StoreState with(IndexNode root) {
    return new StoreState(root, size, liveBytes, keyBytes, mortal, clock);
  }

  IndexNode.@Nullable Slot find(KeyOrder order, byte[] key) {
    return Index.find(root, order, key);
  }

  StoreState put(Index.Path path, byte[] key, IndexNode.Slot slot, long written) {
    Index.Replaced replaced = new Index.Replaced();
    IndexNode changed = path.put(root, key, slot, replaced);
    IndexNode.Slot old = replaced.slot;
    return new StoreState(
        changed,
        old == null ? size + 1 : size,
        liveBytes + slot.bytes() - (old == null ? 0 : old.bytes()),
        old == null ? keyBytes + key.length : keyBytes,
        mortal + mortal(slot) - (old == null ? 0 : mortal(old)),
        Math.max(clock, written));
  }

  StoreState remove(KeyOrder order, byte[] key, long at) {
    Index.Replaced replaced = new Index.Replaced();
    IndexNode changed = Index.remove(root, order, key, replaced);
    IndexNode.Slot old = replaced.slot;
    if (old == null) {
      return new StoreState(root, size, liveBytes, keyBytes, mortal, Math.max(clock, at));
    }
    return new StoreState(
        changed,
        size - 1,
        liveBytes - old.bytes(),
        keyBytes - key.length,
        mortal - mortal(old),
        Math.max(clock, at));
  }

  private static int mortal(IndexNode.Slot slot) {
    return slot.expires() == StoreEvent.NEVER ? 0 : 1;
  }
}
