package dev.espora.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.espora.bench.peers.Entries;
import dev.espora.bench.peers.LedgerEngine;
import dev.espora.bench.peers.LedgerEngine.Account;
import java.nio.file.Path;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every engine books whole transactions, also where many want the same account. */
class PeerLedgerTest {
  private static final Load CALLERS = new Load(Callers.PLATFORM, 8);
  private static final int BOOKINGS_EACH = 25;
  private static final byte[] ROW = new Entries(1).value(0);

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource
  void aDebitBelowTheLimitLeavesNothingAndEverythingElseIsKept(Peer peer) throws Exception {
    LongAdder accepted = new LongAdder();
    try (LedgerEngine engine = open(peer)) {
      assertThat(engine.book(1, -LedgerEngine.LIMIT_CENTS - 1, ROW)).isFalse();
      assertThat(engine.account(1)).isEqualTo(new Account(0, 0));
      assertThat(engine.book(1, -LedgerEngine.LIMIT_CENTS, ROW)).isTrue();
      assertThat(engine.book(1, -1, ROW)).isFalse();
      assertThat(engine.book(1, 5, ROW)).isTrue();

      CALLERS.each(() -> {
        for (int booking = 0; booking < BOOKINGS_EACH; booking++) {
          if (engine.book(2, -LedgerEngine.LIMIT_CENTS / 100, ROW)) {
            accepted.increment();
          }
        }
      });

      assertBooked(engine);
    }
    assertThat(accepted.sum()).isEqualTo(100);
    if (peer.keeps()) {
      try (LedgerEngine reopened = open(peer)) {
        assertBooked(reopened);
      }
    }
  }

  private static void assertBooked(LedgerEngine engine) {
    assertThat(engine.account(0)).isEqualTo(new Account(0, 0));
    assertThat(engine.account(1)).isEqualTo(new Account(5 - LedgerEngine.LIMIT_CENTS, 2));
    assertThat(engine.account(2)).isEqualTo(new Account(-LedgerEngine.LIMIT_CENTS, 100));
  }

  private LedgerEngine open(Peer peer) throws Exception {
    try {
      return peer.openLedger(directory);
    } catch (IllegalStateException e) {
      assumeFalse(peer == Peer.POSTGRESQL, "no server starts here: " + e.getMessage());
      throw e;
    }
  }
}
