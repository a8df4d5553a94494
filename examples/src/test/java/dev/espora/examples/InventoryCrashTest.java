package dev.espora.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.examples.Inventory.Command;
import dev.espora.testkit.crash.Crash;
import dev.espora.testkit.crash.CrashAt;
import dev.espora.testkit.crash.CrashSweep;

/** Whenever the power is cut, what was shipped is gone and the rest is there. */
class InventoryCrashTest {
  private int begun;
  private int acknowledged;

  @CrashSweep
  void nothingIsShippedTwiceOrForgotten(Crash crash) throws Exception {
    crash.during(db -> {
      var inventory = db.partition("inventory", new Inventory());
      inventory.submit(new Command.Receive("bolt", 100));
      for (int order = 1; order <= 9; order++) {
        begun = order;
        inventory.submit(new Command.Ship("bolt", 10, "order " + order));
        acknowledged = order;
      }
    });
    crash.after(db -> {
      int left = db.partition("inventory", new Inventory()).state().of("bolt");
      if (begun > 0) { // the bolts were acknowledged
        assertThat(left).isBetween(100 - 10 * begun, 100 - 10 * acknowledged);
      }
    });
  }

  @CrashAt(60) // in the middle of an order
  void anOrderThatIsCutShortTookEffectOrNot(Crash crash) throws Exception {
    nothingIsShippedTwiceOrForgotten(crash);
  }
}
