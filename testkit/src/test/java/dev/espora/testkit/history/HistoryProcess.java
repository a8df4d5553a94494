package dev.espora.testkit.history;

import dev.espora.db.DatabaseException;
import dev.espora.db.Limits;
import dev.espora.db.file.FileMedium;
import dev.espora.testkit.history.Account.Balance;
import dev.espora.testkit.history.Account.Booking;
import dev.espora.testkit.history.KeyValue.Ask;
import dev.espora.testkit.history.KeyValue.Told;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that works on a database with several threads until it is told to stop, or ended. It
 * says {@code ready}, and takes the commands {@code hold PARTITION POINT}, which is answered with
 * {@code holding} once it is so, {@code release}, and {@code stop}.
 */
final class HistoryProcess {
  private static final int THREADS = 3;

  /** Leaves a small machine some time for the tests beside. */
  private static final long PAUSE_NANOS = 500_000;

  private final HoldingDisk disk = new HoldingDisk();
  private final long seed;
  private volatile boolean stopping;

  private HistoryProcess(long seed) {
    this.seed = seed;
  }

  public static void main(String[] args) throws Exception {
    new HistoryProcess(Long.parseLong(args[3])).run(Path.of(args[0]), Path.of(args[1]), args[2]);
  }

  /** Where a process records what it asks of the store. */
  static Path asked(Path histories, String name) {
    return histories.resolve(name + ".asked");
  }

  /** Where a process records what it books. */
  static Path booked(Path histories, String name) {
    return histories.resolve(name + ".booked");
  }

  private void run(Path directory, Path histories, String name) throws Exception {
    try (var asked = new HistoryFile<>(asked(histories, name), Ask.class, Told.class);
        var booked = new HistoryFile<>(booked(histories, name), Booking.class, Balance.class);
        Workload workload =
            new Workload(
                new FileMedium(disk.disk(), directory),
                Limits.DEFAULTS.lockWait(),
                asked,
                booked)) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Random random = new Random(seed + i);
        String caller = name + "/" + i;
        threads.add(start(() -> workload.askAny(caller, random)));
        threads.add(start(() -> workload.bookAny(caller, random)));
      }
      System.out.println("ready");
      obey();
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  private Thread start(Runnable operation) {
    return Thread.ofPlatform()
        .uncaughtExceptionHandler((_, failure) -> {
          failure.printStackTrace();
          System.exit(1);
        })
        .start(() -> {
          while (!stopping) {
            try {
              operation.run();
            } catch (DatabaseException.Busy e) {
              // somebody is held up, or stopped
            }
            LockSupport.parkNanos(PAUSE_NANOS);
          }
        });
  }

  private void obey() throws IOException {
    var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (true) {
      String command = commands.readLine();
      if (command == null || command.equals("stop")) {
        stopping = true;
        return;
      }
      String[] words = command.split(" ", -1);
      if (words[0].equals("hold")) {
        disk.hold(
            words[1], HoldingDisk.Point.valueOf(words[2]), () -> System.out.println("holding"));
      } else {
        disk.release();
      }
    }
  }
}
