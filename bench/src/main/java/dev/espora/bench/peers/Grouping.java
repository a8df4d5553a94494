package dev.espora.bench.peers;

/** Who lets concurrent callers share a sync. */
public enum Grouping {
  /** The engine: each caller writes by itself. */
  BY_ENGINE,
  /** A {@link GroupCommit} in front of it: what came together is one transaction. */
  IN_FRONT
}
