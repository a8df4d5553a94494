package dev.espora.ratis;

import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What Ratis writes into the log: errors alone while a node runs, and nothing once it has failed or
 * is closed, since all that follows is of what it said in one line, or was told to do. A level is
 * the process's; where it has several nodes, the last word counts.
 */
final class RatisLog {
  /** Held, lest the levels be forgotten. */
  private static final Logger ALL = Logger.getLogger("org.apache.ratis");

  /** Tells with a stack trace of a failed start, which is told by what is thrown. */
  private static final Logger LIFE_CYCLE = Logger.getLogger("org.apache.ratis.util.LifeCycle");

  private static final Level SILENT = new Level("SILENT", Level.OFF.intValue() - 1) {};

  private RatisLog() {}

  /** A node is about to start. Whoever has set a level has it. */
  static void nodeStarts() {
    if (ALL.getLevel() == null || SILENT.equals(ALL.getLevel())) {
      ALL.setLevel(Level.SEVERE);
      LIFE_CYCLE.setLevel(SILENT);
    }
  }

  static void nodeEnds() {
    if (Level.SEVERE.equals(ALL.getLevel())) {
      ALL.setLevel(SILENT);
    }
  }
}
