package dev.espora.ratis;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.protocol.RaftPeerId;
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
  private final AtomicLong steps = new AtomicLong();

  /** Null once it was taken over, or could not be fetched. */
  private @Nullable Transfer current;

  /** A copy on its way, or there. */
  private static final class Transfer {
    private final RaftPeerId source;
    private boolean givenUp;
    private @Nullable CatalogImage arrived;

    private Transfer(RaftPeerId source) {
      this.source = source;
    }
  }

  CopyArrival(String self, CopyDirectory directory) {
    this.self = self;
    this.directory = directory;
  }

  /**
   * Begins to fetch one, on a thread of its own.
   *
   * @param asking asks the other node
   * @return the last entry that is in it; fails if it could not be fetched, whereupon Ratis asks
   *     again
   */
  CompletableFuture<@Nullable TermIndex> fetch(RaftPeerId source, CopyFetch.Asking asking) {
    CompletableFuture<@Nullable TermIndex> last = new CompletableFuture<>();
    Transfer transfer = new Transfer(source);
    synchronized (this) {
      current = transfer;
    }
    Thread.ofPlatform()
        .name("espora-ratis-fetch")
        .daemon()
        .start(() -> {
          try {
            last.complete(run(transfer, asking));
          } catch (IOException | RuntimeException | Error e) { // Ratis has to be told in any case
            last.completeExceptionally(e);
          }
        });
    return last;
  }

  private TermIndex run(Transfer transfer, CopyFetch.Asking asking) throws IOException {
    String source = transfer.source.toString();
    try {
      LOG.log(Level.INFO, "node {0} fetches a copy from node {1}", self, source);
      CatalogImage copy = new CopyFetch(source, asking, directory, () -> step(transfer)).run();
      arrive(transfer, copy);
      return copy.at();
    } catch (IOException | RuntimeException e) {
      LOG.log(
          Level.WARNING,
          "node {0} could not fetch a copy from node {1}, and tries again: {2}",
          self,
          source,
          e.getMessage());
      LockSupport.parkNanos(PAUSE_NANOS); // Ratis would ask again at once
      throw e;
    }
  }

  /** In one step, since what was given up must not be found by the next start. */
  private synchronized void arrive(Transfer transfer, CatalogImage copy) throws IOException {
    step(transfer);
    directory.keepArrived(copy);
    transfer.arrived = copy;
  }

  private synchronized void step(Transfer transfer) {
    steps.incrementAndGet();
    if (transfer.givenUp) {
      throw new CancellationException("another node leads now");
    }
  }

  /**
   * Gives up a copy that comes from another node than the one that leads now, which is not bound to
   * have let go of the same entries.
   *
   * @return whether it is too late for that, since Ratis was told that the copy is there, and will
   *     not listen to this leader before that one has asked for it
   */
  synchronized boolean isTooLateFor(@Nullable RaftPeerId leader) {
    Transfer transfer = current;
    if (transfer == null || leader == null || leader.equals(transfer.source)) {
      return false;
    }
    transfer.givenUp = true;
    return transfer.arrived != null;
  }

  /** What has arrived, if anything has, for once. */
  synchronized Optional<CatalogImage> take() {
    CatalogImage arrived = current == null ? null : current.arrived;
    if (arrived != null) {
      current = null;
    }
    return Optional.ofNullable(arrived);
  }

  /** Grows as long as something comes in. */
  long steps() {
    return steps.get();
  }
}
