package dev.espora.db.tools;

import java.util.List;
import java.util.Map;

/**
 * One node of a database that is kept on several.
 *
 * @param address where the other nodes reach it
 * @param groups what it says of each replicated log; empty if it does not answer
 */
public record NodeStat(String name, String address, List<Group> groups) {

  public NodeStat {
    groups = List.copyOf(groups);
  }

  /** Whether it answered. */
  public boolean answers() {
    return !groups.isEmpty();
  }

  /**
   * How a node is doing in one replicated log. Positions count the entries of that log.
   *
   * @param role {@code leader}, {@code follower} or {@code candidate}, or what else the medium has
   * @param leader whom it takes for the leader; empty if it knows of none
   * @param begin the first entry that it still holds
   * @param durable the last entry that withstands a power cut of this node
   * @param committed the last entry that it knows to be agreed on
   * @param applied the last entry that its copy of the data contains
   * @param behind entries that it lacks of what the leader has committed
   * @param partitions where their logs end here
   */
  public record Group(
      int number,
      String role,
      long term,
      String leader,
      long begin,
      long durable,
      long committed,
      long applied,
      long behind,
      Map<String, Long> partitions) {

    public Group {
      partitions = Map.copyOf(partitions);
    }
  }
}
