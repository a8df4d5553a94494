package dev.espora.testkit.disk;

import java.util.function.BooleanSupplier;

/** Which process may go on. Called outside of the disk's own lock. */
interface Turns {

  /** Called before each operation; returns when the process may go on. */
  void pass(SimulatedProcess process);

  /**
   * Called by a process that cannot go on until something is true that another one does.
   *
   * @param free asked again and again
   */
  void await(SimulatedProcess process, BooleanSupplier free);
}
