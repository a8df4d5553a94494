package dev.espora.db;

import java.util.Arrays;
import java.util.List;

/**
 * Encoded keys in ascending order, one behind the other in one array, which costs two bytes per key
 * beyond its own. Immutable.
 *
 * @param ends where each key ends
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
record KeyBlock(byte[] bytes, char[] ends) {
  static final KeyBlock EMPTY = new KeyBlock(new byte[0], new char[0]);

  /** Keys that are in order, from one index of a list up to another. */
  static KeyBlock of(List<byte[]> keys, int from, int to) {
    int length = 0;
    char[] ends = new char[to - from];
    for (int i = from; i < to; i++) {
      length += keys.get(i).length;
      ends[i - from] = (char) length;
    }
    if (length > Character.MAX_VALUE) {
      throw new IllegalArgumentException(to - from + " keys of " + length + " bytes in one block");
    }
    byte[] bytes = new byte[length];
    int at = 0;
    for (int i = from; i < to; i++) {
      System.arraycopy(keys.get(i), 0, bytes, at, keys.get(i).length);
      at += keys.get(i).length;
    }
    return new KeyBlock(bytes, ends);
  }

  int count() {
    return ends.length;
  }

  private int start(int index) {
    return index == 0 ? 0 : ends[index - 1];
  }

  byte[] get(int index) {
    return Arrays.copyOfRange(bytes, start(index), ends[index]);
  }

  /** The index of a key, or −1 minus the index where it would be inserted. */
  int find(KeyOrder order, byte[] key) {
    int low = 0;
    int high = ends.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int comparison = order.compare(bytes, start(middle), ends[middle], key, 0, key.length);
      if (comparison < 0) {
        low = middle + 1;
      } else if (comparison > 0) {
        high = middle - 1;
      } else {
        return middle;
      }
    }
    return -1 - low;
  }

  /** How many of the keys, from the first on, are nearest to half of the bytes. */
  int middle() {
    int count = 1;
    while (count < ends.length
        && Math.abs(2 * ends[count] - bytes.length)
            < Math.abs(2 * ends[count - 1] - bytes.length)) {
      count++;
    }
    return count;
  }

  KeyBlock insert(int index, byte[] key) {
    int at = start(index);
    byte[] more = new byte[bytes.length + key.length];
    System.arraycopy(bytes, 0, more, 0, at);
    System.arraycopy(key, 0, more, at, key.length);
    System.arraycopy(bytes, at, more, at + key.length, bytes.length - at);
    char[] moreEnds = new char[ends.length + 1];
    System.arraycopy(ends, 0, moreEnds, 0, index);
    moreEnds[index] = (char) (at + key.length);
    for (int i = index; i < ends.length; i++) {
      moreEnds[i + 1] = (char) (ends[i] + key.length);
    }
    return new KeyBlock(more, moreEnds);
  }

  KeyBlock remove(int index) {
    int from = start(index);
    int length = ends[index] - from;
    byte[] fewer = new byte[bytes.length - length];
    System.arraycopy(bytes, 0, fewer, 0, from);
    System.arraycopy(bytes, from + length, fewer, from, fewer.length - from);
    char[] fewerEnds = new char[ends.length - 1];
    System.arraycopy(ends, 0, fewerEnds, 0, index);
    for (int i = index; i < fewerEnds.length; i++) {
      fewerEnds[i] = (char) (ends[i + 1] - length);
    }
    return new KeyBlock(fewer, fewerEnds);
  }

  /** The keys from one index up to another. */
  KeyBlock slice(int from, int to) {
    int start = start(from);
    char[] slice = new char[to - from];
    for (int i = from; i < to; i++) {
      slice[i - from] = (char) (ends[i] - start);
    }
    return new KeyBlock(Arrays.copyOfRange(bytes, start, start(to)), slice);
  }

  /** These keys and, behind them, those of another block. */
  KeyBlock append(KeyBlock other) {
    byte[] all = Arrays.copyOf(bytes, bytes.length + other.bytes.length);
    System.arraycopy(other.bytes, 0, all, bytes.length, other.bytes.length);
    char[] allEnds = Arrays.copyOf(ends, ends.length + other.ends.length);
    for (int i = 0; i < other.ends.length; i++) {
      allEnds[ends.length + i] = (char) (bytes.length + other.ends[i]);
    }
    return new KeyBlock(all, allEnds);
  }
}
