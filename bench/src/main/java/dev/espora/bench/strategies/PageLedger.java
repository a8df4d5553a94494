package dev.espora.bench.strategies;

import dev.espora.db.disk.Disk;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The original's way: a file for each account that holds one page with its balance and newest rows.
 * Every insert locks the file against all others, rewrites the whole page, syncs, unlocks.
 *
 * <pre>
 * 0         8         16                                 4096
 * +---------+---------+--------------------------+-- … --+
 * | balance | records | row: cents, millis, text |       |
 * +---------+---------+--------------------------+-- … --+
 * </pre>
 */
public final class PageLedger implements Ledger {
  private static final int RECORDS_AT = 8;
  private static final int ROWS_AT = 16;
  private static final int ROW_BYTES = 26;
  private static final byte[] DESCRIPTION = "abcdefghij".getBytes(StandardCharsets.US_ASCII);

  private final List<Account> accounts = new ArrayList<>();

  /**
   * @param directory that exists
   * @param mutex how a file is locked between processes
   */
  public PageLedger(Disk disk, Path directory, FileMutex.Kind mutex) {
    for (int account = 1; account <= ACCOUNTS; account++) {
      accounts.add(
          new Account(new PageFile(disk, directory.resolve("account-" + account), 1, mutex)));
    }
  }

  @Override
  public long book(int account, long cents) {
    return accounts.get(account).book(cents);
  }

  @Override
  public long balance(int account) {
    return accounts.get(account).word(0);
  }

  @Override
  public long records(int account) {
    return accounts.get(account).word(RECORDS_AT);
  }

  @Override
  public void close() {
    accounts.forEach(account -> account.file.close());
  }

  private static final class Account {
    private final PageFile file;
    private final ByteBuffer page = ByteBuffer.allocate(PageFile.PAGE_BYTES);

    Account(PageFile file) {
      this.file = file;
    }

    long book(long cents) {
      return file.alone(() -> {
        file.read(page.array(), 0);
        long balance = page.getLong(0) + cents;
        if (cents < 0 && balance < -LIMIT_CENTS) {
          return 0L;
        }
        insert(balance, cents);
        file.write(page.array(), 0);
        file.sync();
        return page.getLong(RECORDS_AT);
      });
    }

    private void insert(long balance, long cents) {
      long records = page.getLong(RECORDS_AT);
      int kept = (int) Math.min(records, NEWEST - 1);
      // The newest row is the first; the others move back by one.
      page.put(ROWS_AT + ROW_BYTES, page, ROWS_AT, kept * ROW_BYTES);
      page.putLong(0, balance).putLong(RECORDS_AT, records + 1);
      page.putLong(ROWS_AT, cents).putLong(ROWS_AT + 8, System.currentTimeMillis());
      page.put(ROWS_AT + 16, DESCRIPTION);
    }

    long word(int offset) {
      return file.alone(() -> {
        file.read(page.array(), 0);
        return page.getLong(offset);
      });
    }
  }
}
