package dev.espora.testkit.crash;

import dev.espora.db.Database;
import dev.espora.db.Options;
import dev.espora.testkit.disk.Loss;
import dev.espora.testkit.disk.SimulatedDisk;
import java.util.Random;
import java.util.function.Supplier;

/**
 * One power cut: a workload that it cuts short, and what is looked at afterwards. A test is handed
 * one for each operation at which the power is cut, and calls {@link #during} and {@link #after}.
 *
 * <p>For use by one thread.
 */
public final class Crash {
  /** Where a recovery is cut short: about so many operations change something in an opening. */
  private static final int RECOVERY_POINTS = 40;

  private SimulatedDisk disk = new SimulatedDisk();
  private final long at;
  private final long seed;
  private Options options = Options.DEFAULTS;
  private long crashes;
  private String last = "";

  /**
   * @param at the crash point, {@link Long#MAX_VALUE} for none
   */
  Crash(long at, long seed) {
    this.at = at;
    this.seed = seed;
    disk.cutAt(at);
  }

  /** Something that is done with an open database. */
  @FunctionalInterface
  public interface Use {
    void with(Database database) throws Exception;
  }

  /** Something that opens databases by itself. */
  @FunctionalInterface
  public interface Work {
    void run() throws Exception;
  }

  /** The disk whose power is cut, for workloads that open databases by themselves. */
  public SimulatedDisk disk() {
    return disk;
  }

  /** What all that is random in this crash comes from; another one for each crash point. */
  public long seed() {
    return seed;
  }

  /**
   * Begins with what another disk holds, synced or not, rather than with an empty one. Called
   * before anything else.
   */
  public void onto(SimulatedDisk prepared) {
    disk = prepared.afterKill();
    disk.cutAt(at);
  }

  /** How databases are opened from now on, {@link Options#DEFAULTS} unless this is called. */
  public Crash options(Options options) {
    this.options = options;
    return this;
  }

  /**
   * Opens the database, uses it and closes it; somewhere on the way the power is cut, and what is
   * thrown from then on is expected, unless it is an {@link AssertionError}. Called several times,
   * the database is opened several times; after the cut nothing is done any more.
   */
  public void during(Use use) throws Exception {
    run(() -> open(disk, use));
  }

  /** As {@link #during}, for a workload that opens databases on {@link #disk} by itself. */
  public void run(Work work) throws Exception {
    if (disk.isCut()) {
      return;
    }
    try {
      work.run();
    } catch (Exception e) {
      if (!disk.isCut()) {
        throw e;
      }
    }
  }

  /**
   * Looks at what is left, several times: once for each {@link Loss}. Some of the processes are
   * killed first and started again before the power is cut; some recoveries are cut short and begun
   * again.
   */
  public void after(Use check) throws Exception {
    after(() -> check);
  }

  /**
   * As {@link #after(Use)}, for checks that remember what they saw: a new one is made for each
   * loss, and used for each opening that follows.
   */
  public void after(Supplier<? extends Use> checks) throws Exception {
    for (Loss loss : Loss.ALL) {
      Random random = new Random(seed + loss.name().hashCode());
      look(loss, random, checks.get());
    }
  }

  private void look(Loss loss, Random random, Use check) throws Exception {
    last = "loss " + loss;
    SimulatedDisk left;
    boolean killed = random.nextInt(4) == 0;
    if (killed) {
      last = "processes killed, then loss " + loss;
      SimulatedDisk restarted = disk.afterKill();
      crashes++;
      open(restarted, check);
      left = restarted.afterPowerCut(loss, random);
    } else {
      left = disk.afterPowerCut(loss, random);
    }
    crashes++;
    if (random.nextBoolean()) {
      left = recoverInTwo(left, random, check);
    }
    open(left, check);
    if (random.nextBoolean()) {
      last += ", after an orderly end";
      open(left, check);
    }
  }

  private SimulatedDisk recoverInTwo(SimulatedDisk left, Random random, Use check)
      throws Exception {
    int cut = random.nextInt(RECOVERY_POINTS);
    left.cutAt(cut);
    try {
      open(left, check);
    } catch (Exception e) {
      if (!left.isCut()) {
        throw e;
      }
    }
    if (!left.isCut()) {
      left.cutAt(Long.MAX_VALUE);
      return left;
    }
    crashes++;
    SimulatedDisk again = left.afterPowerCut(random);
    last += ", recovery cut at its operation " + cut;
    return again;
  }

  private void open(SimulatedDisk on, Use use) throws Exception {
    try (Database database = Database.open(on.process("process").medium(), options)) {
      use.with(database);
    }
  }

  long at() {
    return at;
  }

  /** Crashes whose remains were looked at. */
  long crashes() {
    return crashes;
  }

  /** What was looked at last. */
  String last() {
    return last;
  }
}
