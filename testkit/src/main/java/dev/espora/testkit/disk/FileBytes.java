package dev.espora.testkit.disk;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The bytes of a file: as processes see them, as they are durable, and the sectors in which they
 * differ. The disk that it belongs to guards it.
 */
final class FileBytes {
  private static final int SECTOR = 512;
  private static final int WORD = 8;

  /** How many versions of a sector are remembered between the durable one and the newest. */
  private static final int MOST_VERSIONS = 4;

  private byte[] seen = new byte[0];
  private int size;
  private byte[] durable = new byte[0];

  /** Sectors that the next sync writes. */
  private final BitSet dirty = new BitSet();

  /** What dirty sectors were in between, oldest first. */
  private final Map<Integer, List<byte[]>> versions = new HashMap<>();

  int size() {
    return size;
  }

  int read(byte[] target, int offset, int length, long position) {
    int count = (int) Math.max(0, Math.min(length, size - position));
    System.arraycopy(seen, (int) Math.min(position, size), target, offset, count);
    return count;
  }

  void write(byte[] source, int offset, int length, int position) {
    if (length == 0) {
      return;
    }
    int last = (position + length - 1) / SECTOR;
    for (int sector = position / SECTOR; sector <= last; sector++) {
      if (dirty.get(sector)) {
        List<byte[]> known = versions.computeIfAbsent(sector, _ -> new ArrayList<>());
        if (known.size() == MOST_VERSIONS) {
          known.removeFirst();
        }
        known.add(sector(seen, sector));
      }
      dirty.set(sector);
    }
    grow(position + length);
    System.arraycopy(source, offset, seen, position, length);
  }

  private void grow(int bytes) {
    if (bytes > seen.length) {
      seen = Arrays.copyOf(seen, Math.max(bytes, 2 * seen.length));
    }
    size = Math.max(size, bytes);
  }

  private static byte[] sector(byte[] bytes, int sector) {
    int from = Math.min(bytes.length, sector * SECTOR);
    return Arrays.copyOf(
        Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + SECTOR)), SECTOR);
  }

  void sync() {
    if (durable.length != size) {
      durable = Arrays.copyOf(durable, size);
    }
    dirty.stream().forEach(sector -> copy(seen, sector * SECTOR, durable, SECTOR));
    forget();
  }

  /**
   * A sync that fails: the system believes the sectors clean from now on, shows them, and never
   * writes them.
   */
  void forget() {
    dirty.clear();
    versions.clear();
  }

  private static void copy(byte[] from, int at, byte[] to, int length) {
    int count = Math.min(length, Math.min(from.length, to.length) - at);
    if (count > 0) {
      System.arraycopy(from, at, to, at, count);
    }
  }

  /** Changes what is seen and what is durable alike, as rot does. */
  void rot(int position, int mask) {
    seen[position] ^= (byte) mask;
    if (position < durable.length) {
      durable[position] = seen[position];
    }
  }

  void cutShort(int bytes) {
    seen = Arrays.copyOf(seen, bytes);
    size = bytes;
    durable = seen.clone();
    forget();
  }

  byte[] toByteArray() {
    return Arrays.copyOf(seen, size);
  }

  FileBytes copy() {
    FileBytes copy = new FileBytes();
    copy.seen = toByteArray();
    copy.size = size;
    copy.durable = durable.clone();
    copy.dirty.or(dirty);
    versions.forEach((sector, known) -> copy.versions.put(sector, new ArrayList<>(known)));
    return copy;
  }

  /** What a power cut leaves: all of it seen and durable. */
  FileBytes after(Loss.Keep keep, RandomGenerator random) {
    FileBytes left = new FileBytes();
    left.durable = Arrays.copyOf(durable, sizeAfter(keep, random));
    if (keep != Loss.Keep.NONE) {
      dirty.stream()
          .forEach(sector -> {
            byte[] kept = sectorAfter(sector, keep, random);
            int from = sector * SECTOR;
            int count = Math.min(SECTOR, left.durable.length - from);
            if (count > 0) {
              System.arraycopy(kept, 0, left.durable, from, count);
            }
          });
    }
    left.seen = left.durable.clone();
    left.size = left.seen.length;
    return left;
  }

  private int sizeAfter(Loss.Keep keep, RandomGenerator random) {
    if (keep == Loss.Keep.NONE || keep == Loss.Keep.ALL || size == durable.length) {
      return keep == Loss.Keep.NONE ? durable.length : size;
    }
    return switch (random.nextInt(3)) {
      case 0 -> durable.length;
      case 1 -> size;
      default -> {
        int low = Math.min(size, durable.length);
        int between = low + random.nextInt(Math.abs(size - durable.length) + 1);
        yield Math.max(low, between / SECTOR * SECTOR);
      }
    };
  }

  private byte[] sectorAfter(int sector, Loss.Keep keep, RandomGenerator random) {
    byte[] newest = sector(seen, sector);
    if (keep == Loss.Keep.ALL) {
      return newest;
    }
    List<byte[]> choices = new ArrayList<>();
    choices.add(sector(durable, sector));
    choices.addAll(versions.getOrDefault(sector, List.of()));
    choices.add(newest);
    int chosen = random.nextInt(choices.size());
    byte[] result = choices.get(chosen);
    if (keep == Loss.Keep.PARTS && chosen > 0 && random.nextBoolean()) {
      byte[] torn = choices.get(chosen - 1).clone();
      System.arraycopy(result, 0, torn, 0, WORD * random.nextInt(SECTOR / WORD));
      return torn;
    }
    return result;
  }
}
