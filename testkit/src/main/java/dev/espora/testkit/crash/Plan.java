package dev.espora.testkit.crash;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * What a sweep is to do, as system properties say:
 *
 * <ul>
 *   <li>{@code espora.seed}: the seed, else a random one
 *   <li>{@code espora.crash.at}: the only crash point
 *   <li>{@code espora.sweep}: {@code full} for a hundred times as many crash points as usual
 * </ul>
 */
record Plan(long seed, long only, int factor) {
  static final String SEED = "espora.seed";
  static final String AT = "espora.crash.at";
  private static final int FULL = 100;

  static Plan fromProperties() {
    return new Plan(
        Long.getLong(SEED, new Random().nextInt(1_000_000_000)),
        Long.getLong(AT, -1),
        System.getProperty("espora.sweep", "").equals("full") ? FULL : 1);
  }

  boolean isReplay() {
    return only >= 0;
  }

  /** The seed of one crash of a round of this sweep. */
  static long seed(long round, long at) {
    return new SplittableRandom(round * 1_000_003 + at).nextLong();
  }

  /** So many different numbers below a bound, or all of them, ascending. */
  static int[] sample(long seed, int bound, int count) {
    int[] all = IntStream.range(0, bound).toArray();
    if (count >= bound) {
      return all;
    }
    Random random = new Random(seed);
    for (int i = 0; i < count; i++) {
      int other = i + random.nextInt(bound - i);
      int number = all[i];
      all[i] = all[other];
      all[other] = number;
    }
    int[] sample = Arrays.copyOf(all, count);
    Arrays.sort(sample);
    return sample;
  }

  /** What to say of a failure. */
  static AssertionError failure(
      Crash crash, long round, String type, String method, Throwable cause) {
    String place = crash.at() == Long.MAX_VALUE ? "without a crash" : "crash at " + crash.at();
    String looked = crash.last().isEmpty() ? "" : ", " + crash.last();
    return new AssertionError(
        "%s%s, seed %d: %s%nreplay: %s"
            .formatted(
                place, looked, round, cause.getMessage(), command(crash, round, type, method)),
        cause);
  }

  private static String command(Crash crash, long round, String type, String method) {
    Path here = Path.of("").toAbsolutePath();
    Path parent = here.getParent();
    boolean part = parent != null && Files.exists(parent.resolve("pom.xml"));
    String module =
        part ? " -pl " + here.getFileName() + " -am -Dsurefire.failIfNoSpecifiedTests=false" : "";
    return "mvn%s test -Dtest=%s#%s -D%s=%d -D%s=%d"
        .formatted(module, type, method, SEED, round, AT, crash.at()); // beyond all: no crash
  }

  static void print(String name, long crashes, long operations, long seed) {
    System.out.printf(
        Locale.ROOT,
        "crash points: %,d (%s, %,d operations, seed %d)%n",
        crashes,
        name,
        operations,
        seed);
  }
}
