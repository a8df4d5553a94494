package dev.espora.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.espora.db.Database;
import dev.espora.db.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.protocol.TermIndex;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node makes for another one, and what that one makes of it. */
class CopySourceTest {
  private static final TermIndex AT = TermIndex.valueOf(7, 77);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path there;
  @TempDir Path here;
  private final AtomicInteger answers = new AtomicInteger();
  private CopyDirectory from = new CopyDirectory(Path.of("none"));
  private CopyDirectory to = new CopyDirectory(Path.of("none"));

  @BeforeEach
  void write() {
    from = new CopyDirectory(there.resolve("copy-0"));
    to = new CopyDirectory(here.resolve("copy-0"));
    try (Database database = Database.open(from.current(), Options.DEFAULTS)) {
      database.store("large", Integer.class, byte[].class).put(1, bytes(3_000_000));
      database.store("small", Integer.class, String.class).put(1, "one");
    }
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private CopyFetch fetch(CopySource source) {
    return new CopyFetch("n1", request -> ask(source, request), to, answers::incrementAndGet);
  }

  private static Reply ask(CopySource source, Request request) {
    Reply reply =
        switch (request) {
          case Request.PrepareCopy prepare -> source.prepare(prepare.transfer()).join();
          case Request.CopyPiece piece ->
              source.piece(piece.transfer(), piece.file(), piece.offset());
          case Request.DropCopy drop -> {
            source.drop(drop.transfer());
            yield new Reply.Done();
          }
          default -> throw new AssertionError(request);
        };
    byte[] bytes = Wire.REPLY.bytes(reply);
    assertThat(bytes).as("fits a message").hasSizeLessThan(Settings.MESSAGE.getSizeInt());
    return Wire.REPLY.value(bytes);
  }

  @Test
  void aCopyArrivesThoughItsCatalogFitsNoMessage() throws IOException {
    byte[] image = bytes(20 << 20);
    CopySource source = new CopySource(from, () -> new CatalogImage(image, AT));
    CatalogImage arrived = fetch(source).run();
    assertThat(arrived.at()).isEqualTo(AT);
    assertThat(arrived.bytes()).isEqualTo(image);
    assertThat(answers).hasValueGreaterThan(23);
    assertThat(from.going()).as("dropped once it was fetched").doesNotExist();
    try (Database database = Database.open(to.coming(), Options.DEFAULTS)) {
      assertThat(database.store("large", Integer.class, byte[].class).read(1).orElseThrow().value())
          .isEqualTo(bytes(3_000_000));
      assertThat(database.store("small", Integer.class, String.class).read(1).orElseThrow().value())
          .isEqualTo("one");
    }
  }

  @Test
  void whatIsGivenUpAtTheLastMomentIsNotFoundByTheNextStart() throws IOException {
    CopySource source = new CopySource(from, () -> new CatalogImage(bytes(10), AT));
    CopyArrival arrival = new CopyArrival("n3", to);
    RaftPeerId leader = RaftPeerId.valueOf("n1");
    var fetched =
        arrival.fetch(
            leader,
            request -> {
              if (request instanceof Request.DropCopy) { // all of it is here
                assertThat(arrival.isTooLateFor(RaftPeerId.valueOf("n2"))).isFalse();
              }
              return ask(source, request);
            });
    assertThat(fetched)
        .failsWithin(PATIENCE)
        .withThrowableThat()
        .isInstanceOf(CancellationException.class);
    assertThat(to.findArrived()).isEmpty();
    assertThat(arrival.take()).isEmpty();
  }

  @Test
  void whatHasArrivedIsFoundByTheNextStart() throws IOException {
    CopySource source = new CopySource(from, () -> new CatalogImage(bytes(10), AT));
    CopyArrival arrival = new CopyArrival("n3", to);
    var fetched = arrival.fetch(RaftPeerId.valueOf("n1"), request -> ask(source, request));
    assertThat(fetched).succeedsWithin(PATIENCE).isEqualTo(AT);
    assertThat(to.findArrived().orElseThrow().bytes()).isEqualTo(bytes(10));
    assertThat(arrival.isTooLateFor(RaftPeerId.valueOf("n2"))).isTrue();
  }

  @Test
  void whatCannotBeCopiedIsSaid() throws IOException {
    Files.writeString(from.current().resolve("espora"), "nothing");
    CopySource source = new CopySource(from, () -> new CatalogImage(bytes(10), AT));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> fetch(source).run())
        .withMessageContaining("node n1: a copy cannot be made");
    assertThat(answers).as("no progress").hasValue(0);
  }

  @Test
  void aCopyThatIsDroppedWhileItIsMadeIsGoneOnceItWas() {
    CountDownLatch goOn = new CountDownLatch(1);
    CopySource source =
        new CopySource(
            from,
            () -> {
              try {
                goOn.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return new CatalogImage(bytes(10), AT);
            });
    Request.PrepareCopy request = new Request.PrepareCopy(new UUID(1, 1));
    assertThat(ask(source, request)).isEqualTo(new Reply.Preparing());
    ask(source, new Request.DropCopy(request.transfer()));
    goOn.countDown();
    await()
        .until(() -> {
          source.dropIdle();
          assertThat(ask(source, new Request.CopyPiece(request.transfer(), "espora", 0)))
              .isEqualTo(new Reply.Refused("there is no such copy any more"));
          Reply next = ask(source, new Request.PrepareCopy(new UUID(2, 2)));
          return !next.equals(new Reply.Refused("a copy for another node is under way"));
        });
    assertThat(prepared(source, new Request.PrepareCopy(new UUID(2, 2))))
        .isEqualTo(new Reply.Prepared(7, 77));
  }

  @Test
  void oneCopyIsMadeAtATime() {
    CopySource source = new CopySource(from, () -> new CatalogImage(bytes(10), AT));
    Request.PrepareCopy first = new Request.PrepareCopy(new UUID(1, 1));
    Request.PrepareCopy second = new Request.PrepareCopy(new UUID(2, 2));
    assertThat(prepared(source, first)).isEqualTo(new Reply.Prepared(7, 77));
    assertThat(ask(source, second))
        .isEqualTo(new Reply.Refused("a copy for another node is under way"));
    assertThat(ask(source, new Request.CopyPiece(second.transfer(), "espora", 0)))
        .isEqualTo(new Reply.Refused("there is no such copy any more"));
    assertThat(ask(source, new Request.CopyPiece(first.transfer(), "../secret", 0)))
        .isEqualTo(new Reply.Refused("the copy has no file ../secret"));
    ask(source, new Request.DropCopy(first.transfer()));
    assertThat(prepared(source, second)).isEqualTo(new Reply.Prepared(7, 77));
  }

  private static Reply prepared(CopySource source, Request.PrepareCopy request) {
    Reply reply = ask(source, request);
    while (reply instanceof Reply.Preparing) {
      reply = ask(source, request);
    }
    return reply;
  }
}
