package dev.espora.bench.peers;

import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * What engines share that are a map and a commit of all that is in it: one thread writes what came
 * together, and commits.
 */
public final class MapEngine implements KeyValueEngine, TransactionalEngine {
  private final ConcurrentMap<String, byte[]> map;
  private final Runnable commit;
  private final Runnable close;
  private final GroupCommit<Change> commits;

  /** Alone in the map: only one thread at a time applies changes. */
  private final Change.View view =
      new Change.View() {
        @Override
        public byte @Nullable [] get(String key) {
          return map.get(key);
        }

        @Override
        public void put(String key, byte[] value) {
          map.put(key, value);
        }
      };

  /**
   * @param commit makes durable what is in the map
   * @param close closes the engine
   */
  MapEngine(String name, ConcurrentMap<String, byte[]> map, Runnable commit, Runnable close) {
    this.map = map;
    this.commit = commit;
    this.close = close;
    commits = new GroupCommit<>(name + "-committer", GroupCommit.Alone.COMMITS, this::commit);
  }

  @Override
  public void put(String key, byte[] value) {
    transact(new Put(key, value));
  }

  @Override
  public void transact(Change change) {
    commits.submit(change);
  }

  private void commit(Iterable<Change> changes) {
    changes.forEach(change -> change.applyTo(view));
    commit.run();
  }

  @Override
  public byte @Nullable [] get(String key) {
    return map.get(key);
  }

  @Override
  public void close() {
    commits.close();
    close.run();
  }
}
