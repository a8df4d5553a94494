package dev.espora.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ManualClockTest {

  @Test
  void itStandsStillUntilItIsMoved() {
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    ManualClock clock = new ManualClock(start);
    assertThat(clock.instant()).isEqualTo(start);
    clock.advance(Duration.ofSeconds(1));
    assertThat(clock.millis()).isEqualTo(start.toEpochMilli() + 1000);
    clock.set(start);
    assertThat(clock.instant()).isEqualTo(start);
  }
}
