package dev.espora.people;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.buffer.ImmutableRoaringBitmap;

/**
 * People to whom nobody is added any more, searched in the very bytes that are stored.
 *
 * <pre>
 * people n   4 bytes   numbers are big-endian, bitmaps as RoaringBitmap writes them
 * trigrams m 4
 * ids        16 n      in the order of the people
 * trigrams   8 m       ascending
 * ends       4 m       where the bitmap of each trigram ends, counted from the first bitmap
 * bitmaps
 * </pre>
 */
final class SealedSegment implements Segment {
  private static final int IDS = 8;

  private final ByteBuffer bytes;
  private final int people;
  private final int count;
  private final int trigrams;
  private final int ends;
  private final int bitmaps;

  /** A segment from its bytes, which {@link #encode} made. */
  SealedSegment(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
    this.people = this.bytes.getInt(0);
    this.count = this.bytes.getInt(4);
    this.trigrams = IDS + 16 * people;
    this.ends = trigrams + 8 * count;
    this.bitmaps = ends + 4 * count;
  }

  /** The bytes of a segment that is full. */
  static byte[] encode(OpenSegment open) {
    long[] keys = open.trigrams();
    ImmutableRoaringBitmap[] postings = new ImmutableRoaringBitmap[keys.length];
    int size = 0;
    for (int i = 0; i < keys.length; i++) {
      postings[i] = Objects.requireNonNull(open.having(keys[i]));
      size += postings[i].serializedSizeInBytes();
    }
    ByteBuffer out = ByteBuffer.allocate(IDS + 16 * open.people() + (8 + 4) * keys.length + size);
    out.putInt(open.people()).putInt(keys.length);
    for (int i = 0; i < open.people(); i++) {
      UUID id = open.id(i);
      out.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }
    for (long key : keys) {
      out.putLong(key);
    }
    int end = 0;
    for (ImmutableRoaringBitmap each : postings) {
      end += each.serializedSizeInBytes();
      out.putInt(end);
    }
    for (ImmutableRoaringBitmap each : postings) {
      each.serialize(out);
    }
    return out.array();
  }

  @Override
  public int people() {
    return people;
  }

  @Override
  public UUID id(int number) {
    int at = IDS + 16 * number;
    return new UUID(bytes.getLong(at), bytes.getLong(at + 8));
  }

  @Override
  public @Nullable ImmutableRoaringBitmap having(long trigram) {
    int index = firstFrom(trigram);
    return index < count && trigram(index) == trigram ? bitmap(index) : null;
  }

  @Override
  public Iterator<ImmutableRoaringBitmap> having(long from, long beyond) {
    return IntStream.range(firstFrom(from), firstFrom(beyond)).mapToObj(this::bitmap).iterator();
  }

  private long trigram(int index) {
    return bytes.getLong(trigrams + 8 * index);
  }

  private int firstFrom(long trigram) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (trigram(middle) < trigram) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private ImmutableRoaringBitmap bitmap(int index) {
    int from = index == 0 ? 0 : bytes.getInt(ends + 4 * (index - 1));
    int to = bytes.getInt(ends + 4 * index);
    return new ImmutableRoaringBitmap(bytes.slice(bitmaps + from, to - from));
  }
}
