package dev.espora.ratis;

import dev.espora.db.DatabaseException;
import dev.espora.db.Medium;
import dev.espora.db.Options;
import java.nio.file.Path;
import java.util.concurrent.ScheduledExecutorService;

/**
 * A database that is kept on several machines by a replicated log. Each process that opens it is a
 * node: it votes, keeps a copy of everything, and reads from it.
 *
 * <p>Whatever {@link dev.espora.db.Durability} is asked for, an acknowledged write is synced on a
 * majority of the nodes.
 *
 * @param config of this node
 */
public record RatisMedium(NodeConfig config) implements Medium {

  /**
   * Starts this node and waits until it has caught up with a majority.
   *
   * @throws DatabaseException.Busy if there is no majority within the configured time
   * @throws DatabaseException.NotADatabase if the directory is empty and must not be
   */
  @Override
  public Journals open(Options options, ScheduledExecutorService background) {
    return RatisNode.start(config);
  }

  /** Makes {@code ratis:FILE} known, where the file is what {@link NodeConfig#read} reads. */
  public static final class Provider implements Medium.Provider {

    /** For the service loader. */
    public Provider() {}

    @Override
    public String scheme() {
      return "ratis";
    }

    @Override
    public Medium at(String place) {
      return new RatisMedium(NodeConfig.read(Path.of(place)));
    }
  }
}
