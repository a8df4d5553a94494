package dev.espora.db.tools;

/** How a database or partition was left. */
public enum Condition {
  /** A process has it open. */
  OPEN,
  /** The last process closed it in order: nothing may lie behind the end. */
  CLOSED,
  /**
   * The processes that had it open were killed, or the power was cut: the next opening recovers it.
   */
  INTERRUPTED
}
