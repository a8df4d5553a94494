package dev.espora.db;

/** What a partition is used as, which is stored with it and never changes. */
public enum PartitionKind {
  /** A {@link StateMachine} of the application's own: what a snapshot covers may be released. */
  MACHINE,
  /** A {@link Log}: every row stays. */
  LOG,
  /**
   * A {@link Store}: entries that are still current are moved on, and what is before them released.
   */
  STORE
}
