package dev.espora.ratis;

import dev.espora.db.tools.DatabaseTools;
import dev.espora.db.tools.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
  private final Supplier<CatalogImage> image;
  private @Nullable Making making;

  /**
   * A copy that was made, if it was.
   *
   * @param contents as they go to the other node
   */
  private record Made(Reply reply, List<String> files, byte[] contents) {}

  private static final class Making {
    private final UUID transfer;
    private final CompletableFuture<Made> result = new CompletableFuture<>();
    private long usedNanos;
    private boolean dropped;

    private Making(UUID transfer) {
      this.transfer = transfer;
    }

    private void use() {
      usedNanos = System.nanoTime();
    }

    private boolean isIdle() {
      return dropped || System.nanoTime() - usedNanos > IDLE_NANOS;
    }
  }

  /**
   * @param image of the catalog as it is now
   */
  CopySource(CopyDirectory directory, Supplier<CatalogImage> image) {
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
      known = new Making(transfer);
      making = known;
      CompletableFuture<Made> result = known.result;
      Thread.ofPlatform().name("espora-ratis-copy").daemon().start(() -> result.complete(make()));
    }
    known.use();
    return known
        .result
        .thenApply(Made::reply)
        .completeOnTimeout(new Reply.Preparing(), WAIT_MILLIS, TimeUnit.MILLISECONDS);
  }

  private Made make() {
    try {
      Durably.delete(directory.going());
      CatalogImage catalog = image.get();
      var _ = DatabaseTools.at(directory.current()).backup(directory.going(), Progress.NONE);
      List<String> files = files();
      return new Made(
          new Reply.Prepared(catalog.at().getTerm(), catalog.at().getIndex()),
          files,
          Wire.CONTENTS.bytes(new CopyContents(catalog.bytes(), files)));
    } catch (IOException | RuntimeException e) { // whatever it is, the next one is not held up
      String why = "a copy cannot be made: " + e.getMessage();
      return new Made(new Reply.Refused(why), List.of(), new byte[0]);
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

  /** Reads a piece of a copy that was made: of a file, or of its contents. */
  synchronized Reply piece(UUID transfer, String file, long offset) {
    Making known = making;
    Made made =
        known == null || !known.transfer.equals(transfer) ? null : known.result.getNow(null);
    if (known == null || known.dropped || made == null || !(made.reply instanceof Reply.Prepared)) {
      return new Reply.Refused("there is no such copy any more");
    }
    known.use();
    if (file.equals(CopyContents.NAME)) {
      int from = Math.clamp(offset, 0, made.contents.length);
      int to = Math.min(made.contents.length, from + PIECE_BYTES);
      return new Reply.Piece(
          Arrays.copyOfRange(made.contents, from, to), to == made.contents.length);
    }
    if (!made.files.contains(file)) {
      return new Reply.Refused("the copy has no file " + file);
    }
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

  /** Forgets a copy, once it was made. */
  synchronized void drop(UUID transfer) {
    if (making != null && making.transfer.equals(transfer)) {
      making.dropped = true;
      dropIdle();
    }
  }

  /** Forgets the copy if nobody wants it any more; called now and then. */
  synchronized void dropIdle() {
    if (making != null && making.result.isDone() && making.isIdle()) {
      making = null;
      try {
        Durably.delete(directory.going());
      } catch (IOException e) {
        // the next one, or the next start, deletes it
      }
    }
  }
}
