package dev.espora.bench;

import dev.espora.bench.search.EsporaSearch;
import dev.espora.bench.search.People;
import dev.espora.bench.search.PeopleSearch;
import dev.espora.bench.search.PostgresSearch;
import dev.espora.bench.search.Terms;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * What a process does with one of the two that search: it opens it, then does whatever the
 * benchmark asks for, a line a question. To each, and when it is open, it answers with {@link
 * PeerWork#DONE} and what it found, or {@link PeerWork#FAILED} and why, after which it ends.
 *
 * @param directory of its files
 * @param terms file that has them
 * @param people who are, or are to be, registered
 * @param postgres a server that runs already
 */
record SearchWork(
    Engine engine, Path directory, Path terms, People people, Optional<String> postgres) {
  static final String NAME = "search";

  /** Full collections after which nothing is left that could go. */
  private static final int COLLECTIONS = 3;

  /** Who searches. */
  enum Engine {
    ESPORA,
    POSTGRES;

    /** As in the tables. */
    @Override
    public String toString() {
      return this == ESPORA ? "espora" : "postgresql";
    }
  }

  /** What the benchmark may ask for. */
  enum Question {
    /** Answers with nothing, and is the first one. */
    LOAD,
    /** Searches once for a term and answers with nanoseconds since before the files were opened. */
    OPENED,
    /** Compares all that is found with what is right, and answers with remarks, one a tab. */
    CHECK,
    /** Answers with a {@link Sample} of so many milliseconds of a kind of terms. */
    MEASURE,
    /** Answers with bytes. */
    DISK,
    /** Answers with bytes of the heap that are still used after a collection. */
    HEAP,
    /** Answers with nothing when all is closed. */
    CLOSE
  }

  List<String> arguments() {
    return Stream.concat(
            Stream.of(
                NAME,
                engine.name(),
                directory.toString(),
                terms.toString(),
                String.valueOf(people.count())),
            postgres.stream())
        .toList();
  }

  static SearchWork parse(List<String> arguments) {
    return new SearchWork(
        Engine.valueOf(arguments.get(0)),
        Path.of(arguments.get(1)),
        Path.of(arguments.get(2)),
        new People(Integer.parseInt(arguments.get(3))),
        arguments.size() > 4 ? Optional.of(arguments.get(4)) : Optional.empty());
  }

  void run(Child.Parent parent) {
    try {
      answer(parent);
    } catch (Throwable e) {
      // A library that is missing or does not fit is an error, not an exception.
      parent.send(PeerWork.failed(e));
    }
  }

  private void answer(Child.Parent parent) throws Exception {
    long start = System.nanoTime();
    try (PeopleSearch search = open()) {
      Terms all = Terms.read(terms);
      parent.send(PeerWork.DONE);
      for (Optional<String> line = parent.receive(); line.isPresent(); line = parent.receive()) {
        String[] words = line.get().split(" ", -1);
        Question question = Question.valueOf(words[0]);
        if (question == Question.CLOSE) {
          break;
        }
        parent.send(
            PeerWork.DONE
                + switch (question) {
                  case LOAD -> load(search);
                  case OPENED -> opened(search, all, start);
                  case CHECK -> check(search, all);
                  case MEASURE ->
                      measure(
                          search,
                          all.of(Terms.Kind.valueOf(words[1])),
                          Duration.ofMillis(Long.parseLong(words[2])));
                  case DISK -> disk(search);
                  case HEAP -> heap();
                  case CLOSE -> throw new IllegalStateException("closed above");
                });
      }
    }
    parent.send(PeerWork.DONE);
  }

  private PeopleSearch open() throws Exception {
    return switch (engine) {
      case ESPORA -> new EsporaSearch(directory);
      case POSTGRES -> new PostgresSearch(directory, postgres);
    };
  }

  private String load(PeopleSearch search) throws Exception {
    search.load(people);
    return "";
  }

  private static String opened(PeopleSearch search, Terms terms, long start) {
    searchOne(search, terms.all().getFirst());
    return String.valueOf(System.nanoTime() - start);
  }

  private static String check(PeopleSearch search, Terms terms) throws Exception {
    search.prepare(terms);
    terms.all().forEach(term -> searchOne(search, term));
    return String.join("\t", search.remarks());
  }

  private static String measure(PeopleSearch search, List<Terms.Term> terms, Duration duration) {
    AtomicInteger next = new AtomicInteger();
    return new Load(Callers.PLATFORM, 1)
        .run(duration, _ -> searchOne(search, terms.get(next.getAndIncrement() % terms.size())))
        .format();
  }

  private static void searchOne(PeopleSearch search, Terms.Term term) {
    int found = search.search(term.text());
    if (found != term.found()) {
      throw new IllegalStateException(
          "'%s' found %d people, but %d have it".formatted(term.text(), found, term.matches()));
    }
  }

  private String disk(PeopleSearch search) throws Exception {
    return String.valueOf(
        switch (search) {
          case EsporaSearch _ -> DiskUse.usedBytes(directory);
          case PostgresSearch server -> server.bytesOnDisk();
        });
  }

  private static String heap() {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    return String.valueOf(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
  }
}
