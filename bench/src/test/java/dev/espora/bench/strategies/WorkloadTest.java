package dev.espora.bench.strategies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.espora.people.Person;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class WorkloadTest {
  private static final int CALLS = 60;

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "POSTGRES")
  void everyStrategyDoesTheLedgersWork(Strategy strategy) {
    passes(strategy, Workload.Kind.LEDGER);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "POSTGRES")
  void everyStrategyDoesTheRegistrysWork(Strategy strategy) {
    passes(strategy, Workload.Kind.REGISTRY);
  }

  private void passes(Strategy strategy, Workload.Kind kind) {
    try (Backend backend = strategy.open(directory, 1, Optional.empty());
        Storage storage = backend.open("one", 100)) {
      Workload workload = kind.on(storage);
      operate(workload);

      workload.check();
      assertThat(workload.acknowledged()).isPositive();
      assertThat(workload.lostIn(storage)).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"POSTGRES", "MEMORY"})
  void whoWasLoadedIsThereAfterReopeningAndKeepsTheNickname(Strategy strategy) {
    try (Backend backend = strategy.open(directory, 1, Optional.empty())) {
      try (Storage storage = backend.open("one", 100)) {
        storage.registry().load(IntStream.range(0, 50).mapToObj(RegistryWorkload::person));
      }
      try (Storage storage = backend.open("one", 100)) {
        List<String> nicknames = new ArrayList<>();
        storage.registry().nicknames(nicknames::add);
        assertThat(nicknames).hasSize(50);
        assertThat(storage.registry().register(RegistryWorkload.person(49))).isFalse();
        assertThat(storage.registry().register(RegistryWorkload.person(50))).isTrue();
      }
      backend.delete("one");
      try (Storage storage = backend.open("one", 100)) {
        assertThat(storage.registry().register(RegistryWorkload.person(49))).isTrue();
      }
    }
  }

  @Test
  void aFullPageLeadsToTheNextOne() {
    try (Backend backend = new FileBackend(directory, PageStorage::new);
        Storage storage = backend.open("one", 0)) {
      for (int number = 0; number < 120; number++) {
        assertThat(storage.registry().register(RegistryWorkload.person(number))).isTrue();
      }
      for (int number = 0; number < 120; number++) {
        assertThat(storage.registry().register(RegistryWorkload.person(number))).isFalse();
      }
    }
  }

  @Test
  void aLedgerThatForgetsABookingIsWrong() {
    fails(new LedgerWorkload(new Lying(0, 1)), "records, but");
  }

  @Test
  void aLedgerThatMiscountsCentsIsWrong() {
    fails(new LedgerWorkload(new Lying(1, 0)), "cents, but");
  }

  @Test
  void aRegistryThatTakesANicknameTwiceIsWrong() {
    RegistryWorkload workload = new RegistryWorkload(new Careless(true, 1), 0);

    assertThatExceptionOfType(WrongResult.class)
        .isThrownBy(() -> operate(workload))
        .withMessageContaining("two got the nickname");
  }

  @Test
  void aRegistryThatForgetsOrDoublesSomebodyIsWrong() {
    fails(new RegistryWorkload(new Careless(false, 0), 0), "0 people are stored");
    fails(new RegistryWorkload(new Careless(false, 2), 0), "stored twice");
  }

  @Test
  void aRegistryThatRefusesAFreeNicknameIsWrong() {
    RegistryWorkload workload =
        new RegistryWorkload(
            new Registry() {
              @Override
              public boolean register(Person person) {
                return false;
              }

              @Override
              public void load(Stream<Person> people) {}

              @Override
              public void nicknames(Consumer<String> each) {}
            },
            0);

    fails(workload, "nobody has them");
  }

  private static void fails(Workload workload, String message) {
    operate(workload);

    assertThatExceptionOfType(WrongResult.class)
        .isThrownBy(workload::check)
        .withMessageContaining(message);
  }

  private static void operate(Workload workload) {
    for (int call = 0; call < CALLS; call++) {
      workload.operate();
    }
  }

  /** A ledger without a limit, which has other cents, and fewer records, than it was told. */
  private static final class Lying implements Ledger {
    private final long wrongCents;
    private final long missing;
    private final long[] balances = new long[ACCOUNTS];
    private final long[] records = new long[ACCOUNTS];

    Lying(long wrongCents, long missing) {
      this.wrongCents = wrongCents;
      this.missing = missing;
    }

    @Override
    public long book(int account, long cents) {
      balances[account] += cents;
      return ++records[account];
    }

    @Override
    public long balance(int account) {
      return balances[account] + wrongCents;
    }

    @Override
    public long records(int account) {
      return records[account] - missing;
    }

    @Override
    public void close() {}
  }

  /** A registry that lets nicknames be taken twice, or shows each of them so many times. */
  private static final class Careless implements Registry {
    private final boolean twice;
    private final int copies;
    private final List<String> nicknames = new ArrayList<>();

    Careless(boolean twice, int copies) {
      this.twice = twice;
      this.copies = copies;
    }

    @Override
    public boolean register(Person person) {
      if (!twice && nicknames.contains(person.nickname())) {
        return false;
      }
      return nicknames.add(person.nickname());
    }

    @Override
    public void load(Stream<Person> people) {
      people.forEach(this::register);
    }

    @Override
    public void nicknames(Consumer<String> each) {
      for (int copy = 0; copy < copies; copy++) {
        nicknames.forEach(each);
      }
    }
  }
}
