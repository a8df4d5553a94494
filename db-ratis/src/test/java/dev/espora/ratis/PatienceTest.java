package dev.espora.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PatienceTest {
  @Test
  void itLastsFromTheLastProgressOn() {
    AtomicLong progress = new AtomicLong();
    Patience patience = new Patience(Duration.ofSeconds(1), progress::get);
    await().pollInterval(Duration.ofMillis(1)).until(patience::isOver);
    progress.incrementAndGet();
    assertThat(patience.isOver()).as("there was progress since").isFalse();
    await().pollInterval(Duration.ofMillis(1)).until(patience::isOver);
  }
}
