package dev.espora.db.tools;

import dev.espora.db.DatabaseException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;

/**
 * What can be done, from outside, with the nodes of a database that is kept on several of them.
 *
 * <p>Safe for use by several threads.
 */
public interface NodeTools {

  /**
   * The tools for the nodes of a cluster.
   *
   * @param place the directory of one of them, or the file that describes it
   * @return empty if it is neither, or no medium with nodes is on the module or class path
   */
  static Optional<NodeTools> at(Path place) {
    for (Provider provider : ServiceLoader.load(Provider.class)) {
      Optional<NodeTools> tools = provider.at(place);
      if (tools.isPresent()) {
        return tools;
      }
    }
    return Optional.empty();
  }

  /** Asks all nodes how they are doing; those that do not answer within some seconds are named. */
  List<NodeStat> stat();

  /**
   * Makes others the nodes of the cluster. Added ones have to run and wait for it; they have all of
   * the data when this returns. What it began and could not finish may be asked for again.
   *
   * @param added addresses by name
   * @param removed names
   * @throws IllegalArgumentException if a name to add is taken, or one to remove unknown
   * @throws DatabaseException.Busy if a group has no leader, or a new node does not answer or catch
   *     up
   */
  void change(Map<String, String> added, Set<String> removed);

  /** Finds the tools; provided as a service. */
  @FunctionalInterface
  interface Provider {
    Optional<NodeTools> at(Path place);
  }
}
