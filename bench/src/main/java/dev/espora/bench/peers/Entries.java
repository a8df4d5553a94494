package dev.espora.bench.peers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keys and values: {@code key-00000000} and on, as many as {@code count}, and values of 128 bytes
 * which nothing can compress.
 */
public record Entries(int count) {

  /** Length of every value. */
  public static final int VALUE_BYTES = 128;

  private static final int CALLERS = 256;
  private static final int KEY_DIGITS = 8;
  private static final byte[][] VALUES = values(1024);

  public String key(int number) {
    // By hand, since String.format would take longer than some of the reads.
    byte[] key = {'k', 'e', 'y', '-', '0', '0', '0', '0', '0', '0', '0', '0'};
    int left = number;
    for (int at = key.length - 1; at >= key.length - KEY_DIGITS; at--) {
      key[at] += (byte) (left % 10);
      left /= 10;
    }
    return new String(key, ISO_8859_1);
  }

  /** A key that is one of them. */
  public String randomKey() {
    return key(ThreadLocalRandom.current().nextInt(count));
  }

  /** A value; not to be changed. */
  public byte[] value(int number) {
    return VALUES[number % VALUES.length];
  }

  /** A value; not to be changed. */
  public byte[] randomValue() {
    return VALUES[ThreadLocalRandom.current().nextInt(VALUES.length)];
  }

  /** Puts all of them, in the order of their keys but for what callers do at the same time. */
  void putAll(KeyValueEngine engine) {
    AtomicInteger next = new AtomicInteger();
    List<Future<?>> callers = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int caller = 0; caller < CALLERS; caller++) {
        callers.add(executor.submit(() -> putFrom(next, engine)));
      }
      for (Future<?> caller : callers) {
        caller.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("loading failed: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void putFrom(AtomicInteger next, KeyValueEngine engine) {
    for (int number = next.getAndIncrement(); number < count; number = next.getAndIncrement()) {
      engine.put(key(number), value(number));
    }
  }

  private static byte[][] values(int count) {
    SplittableRandom random = new SplittableRandom(42);
    byte[][] values = new byte[count][VALUE_BYTES];
    for (byte[] value : values) {
      random.nextBytes(value);
    }
    return values;
  }
}
