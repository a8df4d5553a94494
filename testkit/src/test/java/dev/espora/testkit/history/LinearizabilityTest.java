package dev.espora.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espora.testkit.history.KeyValue.Ask;
import dev.espora.testkit.history.KeyValue.Told;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Histories that are known to be right or wrong, and large ones of either kind. */
class LinearizabilityTest {
  private static final Ask READ = new Ask.Read("k");

  private final List<Operation<Ask, Told>> history = new ArrayList<>();

  private static Ask put(long value) {
    return new Ask.Put("k", value);
  }

  private static Ask add(long value) {
    return new Ask.Add("k", value);
  }

  private void returned(long from, long to, Ask ask, Told told) {
    history.add(new Operation<>("c" + from, ask, new Outcome.Returned<>(told), from, to));
  }

  private void read(long from, long to, long value) {
    returned(from, to, READ, Told.value(value));
  }

  private void failed(long from, long to, Ask ask) {
    history.add(new Operation<>("c" + from, ask, new Outcome.Failed<>(), from, to));
  }

  private void unknown(long from, Ask ask) {
    history.add(new Operation<>("c" + from, ask, new Outcome.Unknown<>(), from, Long.MAX_VALUE));
  }

  private Verdict<Optional<Long>, Ask, Told> verdict() {
    return Linearizability.check(new KeyValue(), history, Ask::key);
  }

  private void assertRight() {
    assertThat(verdict()).isInstanceOf(Verdict.Linearizable.class);
  }

  private Verdict.Violated<Optional<Long>, Ask, Told> assertWrong() {
    Verdict<Optional<Long>, Ask, Told> verdict = verdict();
    assertThat(verdict).isInstanceOf(Verdict.Violated.class);
    return (Verdict.Violated<Optional<Long>, Ask, Told>) verdict;
  }

  @Test
  void nothingIsRight() {
    assertRight();
  }

  @Test
  void aReadOfTheLastWriteIsRight() {
    returned(1, 2, put(1), Told.DONE);
    read(3, 4, 1);
    assertRight();
  }

  @Test
  void aStaleReadIsWrongAndIsNamedWithWhatItCouldHaveAnswered() {
    returned(1, 2, put(1), Told.DONE);
    returned(3, 4, put(2), Told.DONE);
    read(5, 6, 1);
    read(7, 8, 2);
    var violated = assertWrong();
    assertThat(violated.partition()).isEqualTo("k");
    assertThat(violated.answer().invokedNanos()).isEqualTo(5);
    assertThat(violated.before()).isEqualTo(2);
    assertThat(violated.states()).containsExactly(Optional.of(2L));
    assertThat(violated.possible()).containsExactly(Told.value(2));
    assertThat(violated.meanwhile()).isEmpty();
    assertThat(violated.latest()).extracting(Operation::input).containsExactly(put(2), put(1));
    assertThatThrownBy(() -> verdict().orFail())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("no order of the operations on k")
        .hasMessageContaining("[c5] Read[key=k] -> 1");
  }

  @Test
  void aLostWriteIsWrong() {
    returned(1, 2, put(1), Told.DONE);
    returned(3, 4, add(5), Told.value(6));
    read(5, 6, 1);
    assertWrong();
  }

  @Test
  void aLostCreationIsWrong() {
    returned(1, 2, new Ask.Create("k", 1), Told.DONE);
    returned(3, 4, new Ask.Create("k", 2), Told.DONE);
    assertWrong();
  }

  @Test
  void anEffectOfAFailedOperationIsWrong() {
    returned(1, 2, put(1), Told.DONE);
    failed(3, 4, put(2));
    read(5, 6, 2);
    assertWrong();
  }

  @Test
  void anEffectOfARefusedOperationIsWrong() {
    returned(1, 2, put(1), Told.DONE);
    returned(3, 4, new Ask.Create("k", 2), Told.REFUSED);
    read(5, 6, 2);
    assertWrong();
  }

  @Test
  void aFailedOperationWithoutEffectIsRight() {
    returned(1, 2, put(1), Told.DONE);
    failed(3, 4, put(2));
    read(5, 6, 1);
    assertRight();
  }

  @Test
  void aDuplicatedEffectIsWrong() {
    returned(1, 2, put(0), Told.DONE);
    returned(3, 4, add(5), Told.value(5));
    read(5, 6, 10);
    assertWrong();
  }

  @Test
  void aDuplicatedEffectOfAnUnknownOperationIsWrong() {
    returned(1, 2, put(0), Told.DONE);
    unknown(3, add(5));
    read(4, 5, 5);
    read(6, 7, 10);
    assertThat(assertWrong().answer().invokedNanos()).isEqualTo(6);
  }

  @Test
  void anUnknownOperationMayTakeEffectLaterOrNever() {
    returned(1, 2, put(1), Told.DONE);
    unknown(3, put(2));
    unknown(3, put(3));
    read(4, 5, 1);
    returned(6, 7, put(4), Told.DONE);
    read(8, 9, 4);
    read(10, 11, 2);
    assertRight();
  }

  @Test
  void anUnknownOperationTakesEffectAtMostOnceAndNotBeforeItsInvocation() {
    unknown(10, put(2));
    read(1, 5, 2);
    assertWrong();
    history.clear();
    unknown(1, put(2));
    read(2, 3, 2);
    returned(4, 5, put(3), Told.DONE);
    read(6, 7, 2);
    assertWrong();
  }

  @Test
  void readsAtTheTimeOfAWriteMaySeeItOrNotButNotBackwards() {
    returned(1, 2, put(1), Told.DONE);
    returned(3, 10, put(2), Told.DONE);
    read(4, 5, 1);
    read(6, 7, 2);
    assertRight();
    read(8, 9, 1);
    var violated = assertWrong();
    assertThat(violated.meanwhile()).extracting(Operation::input).containsExactly(put(2));
  }

  @Test
  void aReadThatBeganBeforeAWriteMayAnswerAfterIt() {
    returned(1, 2, put(1), Told.DONE);
    returned(4, 5, put(2), Told.DONE);
    read(3, 6, 1);
    assertRight();
  }

  @Test
  void operationsOfOneMomentAreAtTheSameTime() {
    returned(1, 2, put(1), Told.DONE);
    returned(3, 4, put(2), Told.DONE);
    read(4, 5, 1);
    assertRight();
  }

  @Test
  void writesAtTheSameTimeAreSeenInOneOrderByAll() {
    returned(1, 10, put(1), Told.DONE);
    returned(1, 10, put(2), Told.DONE);
    read(11, 12, 1);
    assertRight();
    read(13, 14, 2);
    assertWrong();
  }

  @Test
  void objectsAreIndependent() {
    returned(1, 2, new Ask.Put("a", 1), Told.DONE);
    returned(3, 4, new Ask.Read("b"), Told.read(Optional.empty()));
    returned(5, 6, new Ask.Read("a"), Told.value(1));
    assertThat(verdict()).isEqualTo(new Verdict.Linearizable<>(3, 0, 2));
  }

  @Test
  void whatCannotBeToldApartIsGivenUpRatherThanSearchedForEver() {
    returned(0, 1, put(0), Told.DONE);
    for (int i = 0; i < 40; i++) {
      unknown(2, add(1L << i));
    }
    read(3, 4, -1);
    assertThat(verdict()).isInstanceOf(Verdict.Undecided.class);
  }

  @Test
  void whoeverAskedForTheSameIsAsGood() {
    returned(0, 1, put(0), Told.DONE);
    for (int i = 0; i < 60; i++) {
      unknown(2, add(3));
    }
    read(3, 4, 90);
    read(5, 6, 180);
    assertThat(verdict()).isInstanceOf(Verdict.Linearizable.class);
    read(7, 8, 183);
    assertWrong();
  }

  @Test
  void aHundredThousandOperationsOfManyKeysAreChecked() {
    long seed = System.nanoTime();
    List<Operation<Ask, Told>> simulated = Simulation.run(new Random(seed), 100_000, 500, 8, 500);
    history.addAll(simulated);
    assertThat(verdict()).as("seed %s", seed).isInstanceOf(Verdict.Linearizable.class);
  }

  @Test
  void aHundredThousandOperationsOfOneKeyAreChecked() {
    long seed = System.nanoTime();
    history.addAll(Simulation.run(new Random(seed), 100_000, 1, 6, 5_000));
    assertThat(verdict()).as("seed %s", seed).isInstanceOf(Verdict.Linearizable.class);
  }

  @Test
  void oneWrongAnswerAmongManyIsFound() {
    for (int i = 0; i < 20; i++) {
      long seed = System.nanoTime();
      history.clear();
      history.addAll(Simulation.run(new Random(seed), 3_000, 20, 8, 500));
      int wrong = history.size() / 2;
      while (!(history.get(wrong).input() instanceof Ask.Read)
          || !(history.get(wrong).outcome() instanceof Outcome.Returned)) {
        wrong++;
      }
      Operation<Ask, Told> right = history.get(wrong);
      Operation<Ask, Told> changed =
          new Operation<>(
              right.caller(),
              right.input(),
              new Outcome.Returned<>(Told.value(-1)),
              right.invokedNanos(),
              right.returnedNanos());
      history.set(wrong, changed);
      Verdict<Optional<Long>, Ask, Told> verdict = verdict();
      assertThat(verdict).as("seed %s", seed).isInstanceOf(Verdict.Violated.class);
      assertThat(((Verdict.Violated<Optional<Long>, Ask, Told>) verdict).answer())
          .as("seed %s", seed)
          .isEqualTo(changed);
    }
  }
}
