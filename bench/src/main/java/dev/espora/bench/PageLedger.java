package dev.espora.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The original's way: a file for each account that holds one page with its balance and newest rows.
 * Every insert locks the file against all others, rewrites the whole page, syncs, unlocks.
 *
 * <pre>
 * 0     8      12                                 4096
 * +-----+------+--------------------------+-- … --+
 * | bal | rows | row: cents, millis, text |       |
 * +-----+------+--------------------------+-- … --+
 * </pre>
 */
final class PageLedger implements Ledger {
  private static final int PAGE_BYTES = 4096;
  private static final int ROWS_AT = 12;
  private static final int ROW_BYTES = 26;
  private static final byte[] DESCRIPTION = "abcdefghij".getBytes(StandardCharsets.US_ASCII);

  private final List<Account> accounts = new ArrayList<>();

  PageLedger(Path directory) {
    for (int account = 1; account <= ACCOUNTS; account++) {
      accounts.add(new Account(directory.resolve("account-" + account)));
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
    private final ByteBuffer page = ByteBuffer.allocateDirect(PAGE_BYTES);

    /** A file lock belongs to the process: its threads need one of their own. */
    private final ReentrantLock threads = new ReentrantLock();

    Account(Path file) {
      try {
        channel =
            FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try (FileLock _ = lock()) {
          if (channel.size() < PAGE_BYTES) {
            channel.write(page.clear(), 0);
            channel.force(true);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    boolean book(long cents) {
      threads.lock();
      try (FileLock _ = lock()) {
        channel.read(page.clear(), 0);
        long balance = page.getLong(0) + cents;
        if (cents < 0 && balance < -LIMIT_CENTS) {
          return false;
        }
        insert(balance, cents);
        channel.write(page.position(0).limit(PAGE_BYTES), 0);
        channel.force(false);
        return true;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        threads.unlock();
      }
    }

    private void insert(long balance, long cents) {
      int rows = Math.min(page.getInt(8), NEWEST - 1);
      // The newest row is the first; the others move back by one.
      page.put(ROWS_AT + ROW_BYTES, page, ROWS_AT, rows * ROW_BYTES);
      page.putLong(0, balance).putInt(8, rows + 1);
      page.putLong(ROWS_AT, cents).putLong(ROWS_AT + 8, System.currentTimeMillis());
      page.put(ROWS_AT + 16, DESCRIPTION);
    }

    /**
     * POSIX record locks belong to a process, and the kernel sees a deadlock where two processes
     * wait for each other's accounts though different threads do: the call is repeated.
     */
    private FileLock lock() throws IOException {
      while (true) {
        try {
          return channel.lock();
        } catch (IOException e) {
          String message = e.getMessage();
          if (message == null || !message.contains("deadlock")) {
            throw e;
          }
          Thread.onSpinWait();
        }
      }
    }

    long balance() {
      threads.lock();
      try (FileLock _ = lock()) {
        channel.read(page.clear(), 0);
        return page.getLong(0);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        threads.unlock();
      }
    }

    void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
