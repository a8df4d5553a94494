package dev.espora.bench;

import dev.espora.bench.peers.LedgerEngine;
import java.nio.file.Path;
import java.util.Arrays;

/** The floor as a ledger: balances in memory, and a row that is written and never found again. */
final class FloorLedger implements LedgerEngine {
  private final FloorLog log;
  private final Account[] accounts = new Account[ACCOUNTS];

  FloorLedger(Path directory) {
    log = new FloorLog(directory.resolve("floor"));
    Arrays.fill(accounts, new Account(0, 0));
  }

  @Override
  public boolean book(int account, long cents, byte[] row) {
    synchronized (accounts) {
      Account before = accounts[account];
      if (!LedgerEngine.allows(before.balance(), cents)) {
        return false;
      }
      accounts[account] = new Account(before.balance() + cents, before.rows() + 1);
    }
    log.append(row);
    return true;
  }

  @Override
  public Account account(int account) {
    synchronized (accounts) {
      return accounts[account];
    }
  }

  @Override
  public void close() {
    log.close();
  }
}
