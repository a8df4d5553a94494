package dev.espora.ratis;

import dev.espora.db.tools.DatabaseTools;
import dev.espora.db.tools.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Copies of this node's partitions for nodes that lack what no Raft log holds any more, one at a
 * time. A copy takes as much of the disk as what it is made of, until it was fetched.
 *
 * <p>Safe for use by several threads; none waits for the disk but one of its own.
 */
final class CopySource {
  /** The most of a file that one message carries. */
  static final int PIECE_BYTES = 1 << 20;

  /** After so long without a question a copy gives way to the next. */
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** How long an answer takes at most while a copy is made. */
  private static final long WAIT_MILLIS = 1000;

  private final CopyDirectory directory;
  private final Supplier<Reply.Prepared> image;
  private @Nullable Making making;

  private record Making(UUID transfer, CompletableFuture<Reply> result, long[] usedNanos) {
    private void use() {
      usedNanos[0] = System.nanoTime();
    }

    private boolean isIdle() {
      return System.nanoTime() - usedNanos[0] > IDLE_NANOS;
    }
  }

  /**
   * @param image of the catalog as it is now, without files
   */
  CopySource(CopyDirectory directory, Supplier<Reply.Prepared> image) {
    this.directory = directory;
    this.image = image;
  }

  /** Makes a copy, or says that it is there, or that another one is in the way. */
  synchronized CompletableFuture<Reply> prepare(UUID transfer) {
    Making known = making;
    if (known == null || !known.transfer.equals(transfer)) {
      if (known != null && !(known.result.isDone() && known.isIdle())) {
        return CompletableFuture.completedFuture(
            new Reply.Refused("a copy for another node is under way"));
      }
      known = new Making(transfer, new CompletableFuture<>(), new long[1]);
      making = known;
      CompletableFuture<Reply> result = known.result;
      Thread.ofPlatform().name("espora-ratis-copy").daemon().start(() -> result.complete(make()));
    }
    known.use();
    return known
        .result
        .copy()
        .completeOnTimeout(new Reply.Preparing(), WAIT_MILLIS, TimeUnit.MILLISECONDS);
  }

  private Reply make() {
    try {
      Durably.delete(directory.going());
      Reply.Prepared at = image.get();
      var _ = DatabaseTools.at(directory.current()).backup(directory.going(), Progress.NONE);
      return new Reply.Prepared(at.term(), at.index(), at.image(), files());
    } catch (IOException | RuntimeException e) { // whatever it is, the next one is not held up
      return new Reply.Refused("a copy cannot be made: " + e.getMessage());
    }
  }

  private List<String> files() throws IOException {
    Path root = directory.going();
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(each -> !each.equals(root))
          .map(each -> root.relativize(each) + (Files.isDirectory(each) ? "/" : ""))
          .toList();
    }
  }

  /** Reads a piece of a copy that was made. */
  synchronized Reply piece(UUID transfer, String file, long offset) {
    Making known = making;
    if (known == null
        || !known.transfer.equals(transfer)
        || !(known.result.getNow(new Reply.Preparing()) instanceof Reply.Prepared made)
        || !made.files().contains(file)) {
      return new Reply.Refused("there is no such copy any more");
    }
    known.use();
    try (FileChannel channel = FileChannel.open(directory.going().resolve(file))) {
      long left = channel.size() - offset;
      ByteBuffer piece = ByteBuffer.allocate(Math.clamp(left, 0, PIECE_BYTES));
      while (piece.hasRemaining() && channel.read(piece, offset + piece.position()) > 0) {
        // goes on
      }
      return new Reply.Piece(piece.array(), left <= PIECE_BYTES);
    } catch (IOException e) {
      return new Reply.Refused("the copy cannot be read: " + e.getMessage());
    }
  }

  /** Forgets a copy. */
  synchronized void drop(UUID transfer) {
    if (making != null && making.transfer.equals(transfer) && making.result.isDone()) {
      making = null;
      try {
        Durably.delete(directory.going());
      } catch (IOException e) {
        // the next one, or the next start, deletes it
      }
    }
  }
}
