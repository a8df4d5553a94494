package dev.espora.ratis;

import dev.espora.db.DatabaseException;
import dev.espora.db.tools.DatabaseTools;
import dev.espora.db.tools.Verification;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.ratis.server.protocol.TermIndex;

/** Fetches a copy of a group's partitions from another node. */
final class CopyFetch {
  private final String source;
  private final Asking asking;
  private final CopyDirectory directory;
  private final Runnable onwards;
  private final UUID transfer = UUID.randomUUID();

  /** Asks another node once. */
  @FunctionalInterface
  interface Asking {
    Reply ask(Request request) throws IOException;
  }

  /**
   * @param source the name of the other node
   * @param onwards called whenever there is progress; what it throws ends the fetch
   */
  CopyFetch(String source, Asking asking, CopyDirectory directory, Runnable onwards) {
    this.source = source;
    this.asking = asking;
    this.directory = directory;
    this.onwards = onwards;
  }

  /**
   * Fetches all of it, durably, and reads it once more.
   *
   * @return the catalog that belongs to it
   * @throws IOException if the other node does not give it now
   * @throws DatabaseException if this node cannot keep it
   */
  CatalogImage run() throws IOException {
    try {
      Reply reply = ask(new Request.PrepareCopy(transfer));
      while (reply instanceof Reply.Preparing) {
        reply = ask(new Request.PrepareCopy(transfer));
      }
      if (!(reply instanceof Reply.Prepared prepared)) {
        throw new IOException("unexpected " + reply);
      }
      CopyContents contents = contents();
      fetch(contents.files());
      return new CatalogImage(
          contents.image(), TermIndex.valueOf(prepared.term(), prepared.index()));
    } finally {
      drop();
    }
  }

  /** Is no progress, or fetches that fail would never be given up. */
  private void drop() {
    try {
      var _ = asking.ask(new Request.DropCopy(transfer));
    } catch (IOException e) {
      // it is dropped for the next one
    }
  }

  private Reply ask(Request request) throws IOException {
    Reply reply = asking.ask(request);
    if (reply instanceof Reply.Refused(String why)) {
      throw new IOException("node " + source + ": " + why);
    }
    onwards.run();
    return reply;
  }

  private CopyContents contents() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Reply.Piece piece;
    do {
      piece = piece(CopyContents.NAME, bytes.size());
      bytes.writeBytes(piece.bytes());
    } while (!piece.last());
    return Wire.CONTENTS.value(bytes.toByteArray());
  }

  private void fetch(List<String> files) throws IOException {
    Path root = directory.coming();
    directory.forgetArrived();
    Durably.delete(root);
    Durably.createDirectories(root);
    List<Path> directories = new ArrayList<>(List.of(root));
    for (String name : files) {
      Path file = root.resolve(name).normalize();
      if (!file.startsWith(root)) {
        throw new IOException("node " + source + " names a file " + name);
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
    Verification verification =
        DatabaseTools.at(root).verify(Optional.empty(), (_, _) -> onwards.run());
    if (!verification.isSound()) {
      throw new IOException("the copy is damaged: " + verification.damages().getFirst());
    }
  }

  private void fetch(String name, Path file) throws IOException {
    try (FileChannel channel = Durably.create(file)) {
      Reply.Piece piece;
      do {
        piece = piece(name, channel.position());
        Durably.append(channel, piece.bytes());
      } while (!piece.last());
      channel.force(true);
    }
  }

  private Reply.Piece piece(String name, long offset) throws IOException {
    Reply reply = ask(new Request.CopyPiece(transfer, name, offset));
    if (!(reply instanceof Reply.Piece piece)) {
      throw new IOException("unexpected " + reply);
    }
    return piece;
  }
}
