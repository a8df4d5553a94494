package dev.espora.ratis;

import dev.espora.db.DatabaseException;
import dev.espora.db.tools.DatabaseTools;
import dev.espora.db.tools.Progress;
import dev.espora.db.tools.Verification;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.protocol.TermIndex;

/** Fetches a copy of a group's partitions from another node. */
final class CopyFetch {
  private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Group group;
  private final RaftPeer source;
  private final CopyDirectory directory;
  private final Runnable onwards;
  private final UUID transfer = UUID.randomUUID();

  /**
   * What was fetched, and is durable.
   *
   * @param image of the catalog
   * @param at the last entry in the image
   */
  record Fetched(byte[] image, TermIndex at) {}

  /**
   * @param onwards called whenever the other node has answered
   */
  CopyFetch(Group group, RaftPeer source, CopyDirectory directory, Runnable onwards) {
    this.group = group;
    this.source = source;
    this.directory = directory;
    this.onwards = onwards;
  }

  /**
   * Fetches all of it and reads it once more.
   *
   * @throws IOException if the other node does not give it now
   * @throws DatabaseException if this node cannot keep it
   */
  Fetched run() throws IOException {
    try {
      Reply reply = ask(new Request.PrepareCopy(transfer));
      while (reply instanceof Reply.Preparing) {
        reply = ask(new Request.PrepareCopy(transfer));
      }
      if (!(reply instanceof Reply.Prepared prepared)) {
        throw new IOException("unexpected " + reply);
      }
      fetch(prepared);
      return new Fetched(prepared.image(), TermIndex.valueOf(prepared.term(), prepared.index()));
    } finally {
      drop();
    }
  }

  private void drop() {
    try {
      var _ = ask(new Request.DropCopy(transfer));
    } catch (IOException e) {
      // it is dropped for the next one
    }
  }

  private Reply ask(Request request) throws IOException {
    Reply reply = group.askOnce(source, request, ANSWER_NANOS);
    if (reply instanceof Reply.Refused(String why)) {
      throw new IOException("node " + source.getId() + ": " + why);
    }
    onwards.run();
    return reply;
  }

  private void fetch(Reply.Prepared prepared) throws IOException {
    Path root = directory.coming();
    Durably.delete(root);
    Durably.createDirectories(root);
    List<Path> directories = new ArrayList<>(List.of(root));
    for (String name : prepared.files()) {
      Path file = root.resolve(name).normalize();
      if (!file.startsWith(root)) {
        throw new IOException("node " + source.getId() + " names a file " + name);
      }
      if (name.endsWith("/")) {
        Durably.createDirectories(file);
        directories.add(file);
      } else {
        fetch(name, file);
      }
    }
    for (Path each : directories) {
      Durably.syncDirectory(each);
    }
    Verification verification = DatabaseTools.at(root).verify(Optional.empty(), Progress.NONE);
    if (!verification.isSound()) {
      throw new IOException("the copy is damaged: " + verification.damages().getFirst());
    }
  }

  private void fetch(String name, Path file) throws IOException {
    try (FileChannel channel = Durably.create(file)) {
      boolean last = false;
      while (!last) {
        if (!(ask(new Request.CopyPiece(transfer, name, channel.position()))
            instanceof Reply.Piece piece)) {
          throw new IOException("no piece of " + name);
        }
        Durably.append(channel, piece.bytes());
        last = piece.last();
      }
      channel.force(true);
    }
  }
}
