package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each system call that the storage of the packaged program makes fails once, or is the last one
 * before the end: what was acknowledged is there, once, and what was refused is not.
 *
 * <p>{@code -Despora.injections=N} takes a larger sample for each of the tests, {@code all} all of
 * them, thousands; {@code -Despora.seed=N} takes the sample of a seed again.
 */
class InjectionIT {
  private static final int SAMPLE =
      System.getProperty("espora.injections", "").equals("all")
          ? Integer.MAX_VALUE
          : Integer.getInteger("espora.injections", 20);
  private static final long SEED = Long.getLong("espora.seed", System.nanoTime());

  @TempDir Path directory;

  private final Map<String, AtomicInteger> outcomes = new ConcurrentSkipListMap<>();

  @BeforeAll
  static void strace() throws InterruptedException {
    assumeThat(Strace.isPermitted()).as("strace may trace here").isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsLostOrInventedWhicheverCallFails(InjectedRun.Company company) throws Exception {
    Set<Strace.Call> calls = new InjectedRun(place("calls"), company).calls();
    List<Injection> injections = chosen(calls);
    List<String> failures = run(injections, company);
    Map<String, Integer> kinds = new TreeMap<>();
    calls.forEach(call -> kinds.merge(call.name(), 1, Integer::sum));
    System.out.printf("calls of a process beside %s: %s, outcomes %s%n", company, kinds, outcomes);
    System.out.printf(
        "injections: %d over %d kinds of calls (seed %d)%n",
        injections.size() - count("missed"), kinds.size(), SEED);
    assertThat(failures).isEmpty();
  }

  private int count(String outcome) {
    AtomicInteger count = outcomes.get(outcome);
    return count == null ? 0 : count.get();
  }

  private Path place(String name) throws IOException {
    return Files.createDirectory(directory.resolve(name));
  }

  /** All of them, or a sample in which no kind of call and fault is there twice before all are. */
  private static List<Injection> chosen(Set<Strace.Call> calls) {
    Map<String, List<Injection>> kinds = new TreeMap<>();
    for (Strace.Call call : calls) {
      for (String fault : Injection.FAULTS.getOrDefault(call.name(), List.of())) {
        kinds
            .computeIfAbsent(call.name() + fault, _ -> new ArrayList<>())
            .add(new Injection(call.name(), fault, call.number()));
      }
    }
    Random random = new Random(SEED);
    kinds.values().forEach(each -> Collections.shuffle(each, random));
    List<List<Injection>> shuffled = new ArrayList<>(kinds.values());
    Collections.shuffle(shuffled, random);
    List<Injection> chosen = new ArrayList<>();
    for (int round = 0; !shuffled.isEmpty() && chosen.size() < SAMPLE; round++) {
      int each = round;
      shuffled.removeIf(kind -> kind.size() <= each);
      shuffled.stream().limit(SAMPLE - chosen.size()).forEach(kind -> chosen.add(kind.get(each)));
    }
    return chosen;
  }

  private List<String> run(List<Injection> injections, InjectedRun.Company company)
      throws Exception {
    List<String> failures = new ArrayList<>();
    try (ExecutorService workers =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      Map<Injection, Future<?>> running = new HashMap<>();
      for (Injection injection : injections) {
        Path place = place("run" + running.size());
        running.put(
            injection, workers.submit(() -> run(new InjectedRun(place, company), injection)));
      }
      for (Map.Entry<Injection, Future<?>> each : running.entrySet()) {
        try {
          each.getValue().get();
        } catch (ExecutionException e) {
          failures.add(each.getKey().expression() + ": " + e.getCause());
        }
      }
    }
    return failures;
  }

  private Void run(InjectedRun run, Injection injection) throws Exception {
    String outcome;
    try {
      outcome = run.inject(injection).orElse("missed");
    } catch (Exception | AssertionError e) {
      throw new AssertionError(e + "\n" + run.said(), e);
    }
    outcomes.computeIfAbsent(outcome, _ -> new AtomicInteger()).incrementAndGet();
    return null;
  }
}
