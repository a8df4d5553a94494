package dev.espora.db.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing buffer of bytes that values are written to: little-endian, integers as variable-length
 * zigzag numbers.
 *
 * <p>Not safe for use by several threads.
 */
public final class Output {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes;
  private int size;

  public Output(int initialBytes) {
    bytes = new byte[Math.max(initialBytes, 16)];
  }

  /** Bytes written so far. */
  public int size() {
    return size;
  }

  /** Forgets everything behind the first {@code size} bytes. */
  public void truncate(int size) {
    if (size < 0 || size > this.size) {
      throw new IndexOutOfBoundsException("cannot truncate " + this.size + " bytes to " + size);
    }
    this.size = size;
  }

  /** The buffer itself, valid up to {@link #size()} until the next write. */
  public byte[] array() {
    return bytes;
  }

  /** A copy of what was written. */
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  /** Reserves bytes to be set later, and returns where they begin. */
  public int reserve(int count) {
    ensure(count);
    int start = size;
    Arrays.fill(bytes, start, start + count, (byte) 0);
    size += count;
    return start;
  }

  public void setInt(int offset, int value) {
    INT.set(bytes, offset, value);
  }

  /** Puts four bytes into an array. */
  public static void setInt(byte[] target, int offset, int value) {
    INT.set(target, offset, value);
  }

  public void setLong(int offset, long value) {
    LONG.set(bytes, offset, value);
  }

  public void writeByte(int value) {
    ensure(1);
    bytes[size++] = (byte) value;
  }

  /** Four bytes. */
  public void writeInt(int value) {
    ensure(4);
    INT.set(bytes, size, value);
    size += 4;
  }

  /** Eight bytes. */
  public void writeLong(long value) {
    ensure(8);
    LONG.set(bytes, size, value);
    size += 8;
  }

  /** One to ten bytes, fewest for small numbers that are not negative. */
  public void writeUnsigned(long value) {
    ensure(10);
    while ((value & ~0x7FL) != 0) {
      bytes[size++] = (byte) (value | 0x80);
      value >>>= 7;
    }
    bytes[size++] = (byte) value;
  }

  /** The bytes that {@link #writeUnsigned} writes. */
  public static int unsignedBytes(long value) {
    return value == 0 ? 1 : (70 - Long.numberOfLeadingZeros(value)) / 7;
  }

  /** One to ten bytes, fewest for numbers near zero. */
  public void writeSigned(long value) {
    writeUnsigned((value << 1) ^ (value >> 63));
  }

  public void writeBytes(byte[] value) {
    ensure(value.length);
    System.arraycopy(value, 0, bytes, size, value.length);
    size += value.length;
  }

  /**
   * The length in bytes, then UTF-8.
   *
   * @throws IllegalArgumentException if the string has an unpaired surrogate, which UTF-8 cannot
   *     express
   */
  public void writeString(String value) {
    int length = value.length();
    ensure(length + 5);
    int start = size;
    writeUnsigned(length);
    byte[] target = bytes;
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (c >= 0x80) {
        size = start;
        writeEncoded(value);
        return;
      }
      target[size++] = (byte) c;
    }
  }

  private void writeEncoded(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (Character.isSurrogate(c)) {
        boolean pair = i + 1 < value.length() && Character.isSurrogatePair(c, value.charAt(i + 1));
        if (!pair) {
          throw new IllegalArgumentException("a string has an unpaired surrogate at index " + i);
        }
        i++;
      }
    }
    byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
    writeUnsigned(encoded.length);
    writeBytes(encoded);
  }

  private void ensure(int count) {
    if (count > bytes.length - size) {
      long wanted =
          Math.max((long) size + count, Math.min(bytes.length * 2L, bytes.length + (64L << 20)));
      if (wanted > Integer.MAX_VALUE - 8) {
        throw new IllegalArgumentException("a value is longer than 2 GiB");
      }
      bytes = Arrays.copyOf(bytes, (int) wanted);
    }
  }
}
