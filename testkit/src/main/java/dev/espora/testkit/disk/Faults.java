package dev.espora.testkit.disk;

import java.util.function.Predicate;

/**
 * Decides what becomes of each operation on a {@link SimulatedDisk}, just before it. Called by the
 * thread that asks, outside of any lock of the disk: a plan may wait, which delays the operation.
 */
@FunctionalInterface
public interface Faults {

  /** Everything works. */
  Faults NONE = _ -> Outcome.PROCEED;

  /** What becomes of the operation. */
  Outcome before(Operation operation);

  /** What becomes of an operation. */
  enum Outcome {
    /** It is done. */
    PROCEED,
    /**
     * It fails with an I/O error and changes nothing. A sync that fails loses what it was for: the
     * bytes are seen for as long as the machine runs, and no later sync writes them.
     */
    FAIL,
    /** It fails since there is no room, and changes nothing. */
    NO_SPACE,
    /** A write that writes the first half of its bytes and then fails; else as {@link #FAIL}. */
    SHORT_THEN_FAIL,
    /** A write that writes the first half of its bytes and then finds no room. */
    SHORT_THEN_NO_SPACE,
    /** The thread runs out of memory; nothing is changed. */
    OUT_OF_MEMORY,
    /** The thread runs out of stack; nothing is changed. */
    STACK_OVERFLOW,
    /** The process is killed; others go on. */
    KILL,
    /** The power is cut for all processes. */
    CUT_POWER
  }

  /** One outcome for the operation of a number, see {@link Operation#number}. */
  static Faults at(long number, Outcome outcome) {
    return once(operation -> operation.number() == number, outcome);
  }

  /** One outcome for the first operation of a kind from now on. */
  static Faults next(Operation.Kind kind, Outcome outcome) {
    return once(operation -> operation.kind() == kind, outcome);
  }

  /** One outcome for the first operation that fits. */
  static Faults once(Predicate<Operation> which, Outcome outcome) {
    java.util.concurrent.atomic.AtomicBoolean done =
        new java.util.concurrent.atomic.AtomicBoolean();
    return operation ->
        which.test(operation) && done.compareAndSet(false, true) ? outcome : Outcome.PROCEED;
  }
}
