package dev.espora.db.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A cursor over bytes that an {@link Output} wrote. Every length is checked against what is left
 * before memory is taken.
 *
 * <p>Not safe for use by several threads.
 */
public final class Input {
  /**
   * Elements that room is made for before they are read. Lists stand in lists, so that counts which
   * are each no more than what is left could together ask for far more memory.
   */
  static final int MOST_AHEAD = 1 << 10;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes;
  private int position;
  private int end;

  public Input(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  public Input(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    reset(bytes, offset, length);
  }

  /** Starts over on other bytes. */
  public void reset(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.position = offset;
    this.end = offset + length;
  }

  public int remaining() {
    return end - position;
  }

  public int readByte() {
    require(1);
    return bytes[position++];
  }

  public int readInt() {
    require(4);
    int value = (int) INT.get(bytes, position);
    position += 4;
    return value;
  }

  public long readLong() {
    require(8);
    long value = (long) LONG.get(bytes, position);
    position += 8;
    return value;
  }

  public long readUnsigned() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      require(1);
      byte b = bytes[position++];
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new MalformedException("a number is longer than ten bytes");
  }

  public long readSigned() {
    long raw = readUnsigned();
    return (raw >>> 1) ^ -(raw & 1);
  }

  /** A length or count: never more than what is left, so that memory for it can be taken. */
  public int readLength() {
    long length = readUnsigned();
    if (length < 0 || length > remaining()) {
      throw new MalformedException(
          "a length of " + length + " with " + remaining() + " bytes left");
    }
    return (int) length;
  }

  public byte[] readBytes(int length) {
    require(length);
    byte[] value = Arrays.copyOfRange(bytes, position, position + length);
    position += length;
    return value;
  }

  /** The last {@code count} bytes that were read. */
  public byte[] readAgain(int count) {
    return Arrays.copyOfRange(bytes, position - count, position);
  }

  public String readString() {
    int length = readLength();
    String value = new String(bytes, position, length, StandardCharsets.UTF_8);
    position += length;
    return value;
  }

  public void skip(int count) {
    require(count);
    position += count;
  }

  private void require(int count) {
    if (count < 0 || count > end - position) {
      throw new MalformedException("the value ends " + (count - remaining()) + " bytes too early");
    }
  }
}
