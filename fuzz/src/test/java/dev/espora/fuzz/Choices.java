package dev.espora.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Decisions taken from the bytes of a fuzzer, one after another; zeros once there are no more. */
public final class Choices {
  private final byte[] bytes;
  private int at;

  public Choices(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  public boolean isEmpty() {
    return at >= bytes.length;
  }

  /** A byte, 0 to 255. */
  public int next() {
    return at < bytes.length ? bytes[at++] & 0xFF : 0;
  }

  /** A number from 0 to {@code bound - 1}; four bytes decide where one is not enough. */
  public int below(int bound) {
    return bound <= 256 ? next() % bound : Math.floorMod(nextInt(), bound);
  }

  public boolean nextBoolean() {
    return (next() & 1) != 0;
  }

  public int nextInt() {
    return next() | next() << 8 | next() << 16 | next() << 24;
  }

  public long nextLong() {
    return Integer.toUnsignedLong(nextInt()) | (long) nextInt() << 32;
  }

  /** So many bytes, or as many as there are. */
  public byte[] take(int count) {
    byte[] taken = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + count));
    at += taken.length;
    return taken;
  }

  /** Text of at most 255 bytes; what is no UTF-8 in them becomes a character that is. */
  public String nextText() {
    return new String(take(next()), StandardCharsets.UTF_8);
  }

  /** All that is left. */
  public byte[] rest() {
    return take(bytes.length - at);
  }
}
