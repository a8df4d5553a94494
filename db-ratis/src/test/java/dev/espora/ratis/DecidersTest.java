package dev.espora.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.Forwarder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DecidersTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  void whatTakesLongIsAskedForAgainAndDecidedOnce() {
    Deciders deciders = new Deciders();
    CompletableFuture<Optional<Forwarder.Decided>> deciding = new CompletableFuture<>();
    AtomicInteger asked = new AtomicInteger();
    deciders.offer(
        "slow",
        "schema",
        (_, _) -> {
          asked.incrementAndGet();
          return deciding;
        });
    Forwarder.Ticket ticket = new Forwarder.Ticket("n1", 1, 1);
    Request.Forward request = new Request.Forward("slow", "schema", ticket, List.of());
    for (int i = 0; i < 2; i++) {
      assertThat(deciders.decide(request)).succeedsWithin(PATIENCE).isEqualTo(new Reply.UnderWay());
    }
    Forwarder.Decided decided = new Forwarder.Decided(List.of(), 7, 8);
    deciding.complete(Optional.of(decided));
    assertThat(deciders.decide(request))
        .succeedsWithin(PATIENCE)
        .isEqualTo(new Reply.Decided(decided));
    assertThat(asked).hasValue(1);
  }
}
