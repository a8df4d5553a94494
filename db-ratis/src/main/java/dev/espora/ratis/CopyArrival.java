package dev.espora.ratis;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.protocol.TermIndex;
import org.jspecify.annotations.Nullable;

/**
 * A copy that this node fetches from another one, until it is put into its place.
 *
 * <p>Safe for use by several threads.
 */
final class CopyArrival {
  private static final System.Logger LOG = System.getLogger("dev.espora.ratis");

  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final String self;
  private final CopyDirectory directory;
  private final AtomicReference<@Nullable CatalogImage> arrived = new AtomicReference<>();
  private final AtomicLong steps = new AtomicLong();

  CopyArrival(String self, CopyDirectory directory) {
    this.self = self;
    this.directory = directory;
  }

  /**
   * Begins to fetch one, on a thread of its own.
   *
   * @return the last entry that is in it; null if it could not be fetched
   */
  CompletableFuture<@Nullable TermIndex> fetch(Group group, RaftPeer source) {
    CompletableFuture<@Nullable TermIndex> last = new CompletableFuture<>();
    Thread.ofPlatform()
        .name("espora-ratis-fetch")
        .daemon()
        .start(() -> last.complete(run(group, source)));
    return last;
  }

  private @Nullable TermIndex run(Group group, RaftPeer source) {
    try {
      LOG.log(Level.INFO, "node {0} fetches a copy from node {1}", self, source.getId());
      CatalogImage copy = new CopyFetch(group, source, directory, steps::incrementAndGet).run();
      arrived.set(copy);
      return copy.at();
    } catch (IOException | RuntimeException e) { // whatever it is, Ratis has to be told
      LOG.log(
          Level.WARNING,
          "node {0} could not fetch a copy from node {1}, and tries again: {2}",
          self,
          source.getId(),
          e.getMessage());
      LockSupport.parkNanos(PAUSE_NANOS); // Ratis would ask again at once
      return null;
    }
  }

  /** What has arrived, if anything has, for once. */
  Optional<CatalogImage> take() {
    return Optional.ofNullable(arrived.getAndSet(null));
  }

  /** Grows as long as something comes in. */
  long steps() {
    return steps.get();
  }
}
