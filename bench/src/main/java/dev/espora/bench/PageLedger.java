package dev.espora.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * The original's way: a file for each account that holds one page with its balance and newest rows.
 * Every insert locks the file against all others, rewrites the whole page, syncs, unlocks.
 *
 * <pre>
 * 0         8      12                                 4096
 * +---------+------+--------------------------+-- … --+
 * | balance | rows | row: cents, millis, text |       |
 * +---------+------+--------------------------+-- … --+
 * </pre>
 */
final class PageLedger implements Ledger {
  private static final int PAGE_BYTES = 4096;
  private static final int ROWS_AT = 12;
  private static final int ROW_BYTES = 26;
  private static final byte[] DESCRIPTION = "abcdefghij".getBytes(StandardCharsets.US_ASCII);

  private final List<Account> accounts = new ArrayList<>();

  /**
   * @param mutex how a file is locked between processes
   */
  PageLedger(Path directory, Function<Path, FileMutex> mutex) {
    for (int account = 1; account <= ACCOUNTS; account++) {
      accounts.add(new Account(directory.resolve("account-" + account), mutex));
    }
  }

  @Override
  public boolean book(int account, long cents) {
    return accounts.get(account).book(cents);
  }

  @Override
  public long balance(int account) {
    return accounts.get(account).balance();
  }

  @Override
  public void close() {
    accounts.forEach(Account::close);
  }

  private static final class Account {
    private final FileChannel channel;
    private final FileMutex processes;
    private final ReentrantLock threads = new ReentrantLock();
    private final ByteBuffer page = ByteBuffer.allocateDirect(PAGE_BYTES);

    Account(Path file, Function<Path, FileMutex> mutex) {
      try {
        channel =
            FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        processes = mutex.apply(file);
        alone(() -> {
          if (channel.size() < PAGE_BYTES) {
            channel.write(page.clear(), 0);
            channel.force(true);
          }
          return true;
        });
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    boolean book(long cents) {
      return alone(() -> {
        channel.read(page.clear(), 0);
        long balance = page.getLong(0) + cents;
        if (cents < 0 && balance < -LIMIT_CENTS) {
          return false;
        }
        insert(balance, cents);
        channel.write(page.clear(), 0);
        channel.force(false);
        return true;
      });
    }

    private void insert(long balance, long cents) {
      int rows = Math.min(page.getInt(8), NEWEST - 1);
      // The newest row is the first; the others move back by one.
      page.put(ROWS_AT + ROW_BYTES, page, ROWS_AT, rows * ROW_BYTES);
      page.putLong(0, balance).putInt(8, rows + 1);
      page.putLong(ROWS_AT, cents).putLong(ROWS_AT + 8, System.currentTimeMillis());
      page.put(ROWS_AT + 16, DESCRIPTION);
    }

    long balance() {
      return alone(() -> {
        channel.read(page.clear(), 0);
        return page.getLong(0);
      });
    }

    /** What is done with the file locked. */
    @FunctionalInterface
    private interface Work<T> {
      T run() throws IOException;
    }

    private <T> T alone(Work<T> work) {
      threads.lock();
      try {
        processes.lock();
        try {
          return work.run();
        } finally {
          processes.unlock();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        threads.unlock();
      }
    }

    void close() {
      processes.close();
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
