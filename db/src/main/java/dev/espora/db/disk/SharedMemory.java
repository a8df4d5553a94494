package dev.espora.db.disk;

/**
 * Memory that several processes share, in words of eight bytes at offsets that are multiples of
 * eight.
 */
public interface SharedMemory extends AutoCloseable {

  /** Reads with volatile semantics. */
  long get(int offset);

  /** Writes with volatile semantics. */
  void set(int offset, long value);

  boolean compareAndSet(int offset, long expected, long value);

  /** Hands the memory to the disk; it may get there earlier at any time, word by word. */
  void force();

  @Override
  void close();
}
