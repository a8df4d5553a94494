package dev.espora.testkit.history;

import dev.espora.testkit.history.KeyValue.Ask;
import dev.espora.testkit.history.KeyValue.Told;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Histories that are linearizable, since they are made from one order. */
final class Simulation {
  private Simulation() {}

  /**
   * So many callers ask one after another, each taking effect at a moment between its invocation
   * and its return; of so many, one is not answered, and takes effect or not.
   */
  static List<Operation<Ask, Told>> run(
      Random random, int operations, int keys, int callers, int answered) {
    KeyValue model = new KeyValue();
    Map<String, Optional<Long>> states = new HashMap<>();
    List<Operation<Ask, Told>> history = new ArrayList<>();
    long[] free = new long[callers];
    for (int i = 0; i < operations; i++) {
      long effect = 1_000L * (i + 1);
      int caller = random.nextInt(callers);
      Ask ask = ask(random, "key" + random.nextInt(keys), i);
      long invoked = Math.max(free[caller] + 1, effect - random.nextInt(1_000 * callers));
      long returned = effect + random.nextInt(1_000 * callers);
      if (invoked > effect) {
        continue; // this caller is still busy
      }
      boolean unknown = random.nextInt(answered) == 0;
      Told told = Told.DONE;
      if (!unknown || random.nextBoolean()) {
        var step = model.apply(states.getOrDefault(ask.key(), Optional.empty()), ask);
        states.put(ask.key(), step.state());
        told = step.output();
      }
      free[caller] = returned;
      history.add(
          new Operation<>(
              "caller" + caller,
              ask,
              unknown ? new Outcome.Unknown<>() : new Outcome.Returned<>(told),
              invoked,
              unknown ? Long.MAX_VALUE : returned));
    }
    return history;
  }

  private static Ask ask(Random random, String key, long value) {
    return switch (random.nextInt(8)) {
      case 0 -> new Ask.Create(key, value);
      case 1 -> new Ask.Delete(key);
      case 2 -> new Ask.Put(key, value);
      case 3, 4 -> new Ask.Add(key, 1 + value % 7);
      default -> new Ask.Read(key);
    };
  }
}
