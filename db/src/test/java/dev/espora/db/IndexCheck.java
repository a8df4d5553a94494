package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Looks at a store's index as a whole: shape, order, sums, and that every entry stands in the log.
 */
final class IndexCheck {
  private final KeyOrder order;
  private final boolean even;
  private byte[] last = new byte[0];
  private boolean begun;
  private int depth = -1;
  private final AtomicLong entries = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong keyBytes = new AtomicLong();
  private final AtomicLong mortal = new AtomicLong();

  private IndexCheck(KeyOrder order, boolean even) {
    this.order = order;
    this.even = even;
  }

  static void check(Store<?, ?> store) {
    check(store, true);
  }

  /** As {@link #check}, of an index some of which was stored: of long keys parts may be deeper. */
  static void checkStored(Store<?, ?> store) {
    check(store, false);
  }

  private static void check(Store<?, ?> store, boolean even) {
    StoreState state = store.partition().state();
    IndexCheck check = new IndexCheck(store.types().order(), even);
    check.walk(state.root(), 0);
    assertThat(check.entries.get()).isEqualTo(state.size());
    assertThat(check.bytes.get()).isEqualTo(state.liveBytes());
    assertThat(check.keyBytes.get()).isEqualTo(state.keyBytes());
    assertThat(check.mortal.get()).isEqualTo(state.mortal());
  }

  private void walk(IndexNode node, int level) {
    assertThat(node.size()).isLessThanOrEqualTo(Index.MOST);
    switch (node) {
      case IndexNode.Inner inner -> {
        assertThat(inner.size()).isGreaterThanOrEqualTo(1);
        assertThat(inner.keys().count()).isEqualTo(inner.size() - 1);
        for (int i = 0; i < inner.size(); i++) {
          if (i > 0) {
            byte[] separator = inner.keys().get(i - 1);
            assertThat(compare(last, separator)).isNegative();
          }
          walk(inner.child(i), level + 1);
          if (i > 0) {
            assertThat(compare(inner.keys().get(i - 1), last)).isLessThanOrEqualTo(0);
          }
        }
      }
      case IndexNode.Stored stored -> walk(stored.loaded(), level);
      case IndexNode.Leaf leaf -> {
        assertThat(!even || depth == -1 || depth == level).as("every leaf is as deep").isTrue();
        depth = level;
        for (int i = 0; i < leaf.size(); i++) {
          byte[] key = leaf.keys().get(i);
          assertThat(!begun || compare(last, key) < 0).as("ascending keys").isTrue();
          begun = true;
          last = key;
          entries.incrementAndGet();
          bytes.addAndGet(leaf.bytes()[i]);
          keyBytes.addAndGet(key.length);
          mortal.addAndGet(leaf.expires(i) == StoreEvent.NEVER ? 0 : 1);
        }
      }
    }
  }

  private int compare(byte[] a, byte[] b) {
    return order.compare(a, 0, a.length, b, 0, b.length);
  }
}
