package dev.espora.bench.load;

import java.util.concurrent.atomic.AtomicReference;

/**
 * The one run of this process. Gatling makes simulations by their class alone, so this is where
 * they find what to do.
 *
 * @param findings what its checks find
 */
record LoadRun(Plan plan, Findings findings) {
  private static final AtomicReference<LoadRun> CURRENT = new AtomicReference<>();

  static LoadRun begin(Plan plan) {
    LoadRun run = new LoadRun(plan, new Findings());
    CURRENT.set(run);
    return run;
  }

  static LoadRun current() {
    LoadRun run = CURRENT.get();
    if (run == null) {
      throw new IllegalStateException("no run has begun");
    }
    return run;
  }
}
