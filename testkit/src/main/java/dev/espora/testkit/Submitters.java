package dev.espora.testkit;

import dev.espora.db.Partition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that submit commands side by side. */
final class Submitters {
  private Submitters() {}

  /**
   * Has a thread for each partition add one so many times, and returns the sums that each thread
   * was told, in its order.
   */
  static List<List<Long>> addOnes(List<Partition<Tally.Total, Tally.Add, Long>> tallies, int times)
      throws Exception {
    try (ExecutorService executor = Executors.newFixedThreadPool(tallies.size())) {
      List<Future<List<Long>>> threads = new ArrayList<>();
      for (Partition<Tally.Total, Tally.Add, Long> tally : tallies) {
        threads.add(executor.submit(() -> addOnes(tally, times)));
      }
      List<List<Long>> sums = new ArrayList<>();
      for (Future<List<Long>> thread : threads) {
        sums.add(thread.get());
      }
      return sums;
    }
  }

  private static List<Long> addOnes(Partition<Tally.Total, Tally.Add, Long> tally, int times) {
    List<Long> sums = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      sums.add(tally.submit(new Tally.Add(List.of(1L))).result());
    }
    return sums;
  }
}
