package dev.espora.testkit.history;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Looks for one order of all operations on each object that explains every answer and in which an
 * operation that returned before another was invoked comes first.
 *
 * <p>The history is gone through in the order of time, with every state that it may have led to. An
 * operation is put into the order when its return demands it, behind whatever others that are under
 * way make its answer possible: linearization just in time (Lowe, <i>Testing for
 * linearizability</i>, 2017). Ways that lead to the same are followed once. So the time taken grows
 * with the length of the history, and exponentially only with what is under way at a time on one
 * object and cannot be told apart by its answers.
 *
 * <p>Objects are looked at one by one, which is enough: a history is linearizable if and only if
 * its part for each object is.
 */
public final class Linearizability {

  /** How many more effects of unknown operations are tried than an answer needs: none at first. */
  private static final int[] SLACK = {0, 1, Integer.MAX_VALUE};

  /** Some seconds, and some hundred megabytes. */
  private static final long MOST_ORDERS = 20_000_000;

  private Linearizability() {}

  /**
   * Checks a history, of one object for each key.
   *
   * @param partition tells which object an operation is about
   */
  public static <S, I, O> Verdict<S, I, O> check(
      Model<S, I, O> model,
      List<Operation<I, O>> history,
      Function<? super I, ? extends Object> partition) {
    Map<Object, List<Operation<I, O>>> parts = new LinkedHashMap<>();
    for (Operation<I, O> operation : history) {
      parts
          .computeIfAbsent(partition.apply(operation.input()), _ -> new ArrayList<>())
          .add(operation);
    }
    int unknown = 0;
    for (Map.Entry<Object, List<Operation<I, O>>> part : parts.entrySet()) {
      Verdict<S, I, O> verdict = checkOne(model, part.getKey(), part.getValue());
      if (!(verdict instanceof Verdict.Linearizable<S, I, O> good)) {
        return verdict;
      }
      unknown += good.unknown();
    }
    return new Verdict.Linearizable<>(history.size(), unknown, parts.size());
  }

  /** Checks a history of one object. */
  public static <S, I, O> Verdict<S, I, O> check(
      Model<S, I, O> model, List<Operation<I, O>> history) {
    return check(model, history, _ -> "the object");
  }

  /**
   * As a rule an order is right in which as little of the unknown as possible takes effect at each
   * answer, so it is looked for first; only where it leads nowhere, others are tried.
   */
  private static <S, I, O> Verdict<S, I, O> checkOne(
      Model<S, I, O> model, Object partition, List<Operation<I, O>> operations) {
    Verdict<S, I, O> suspicion = new Verdict.Linearizable<>(0, 0, 1);
    for (int slack : SLACK) {
      var verdict = new Search<>(model, partition, operations, slack, MOST_ORDERS).run();
      if (verdict.isEmpty()) {
        return new Verdict.Undecided<>(partition, MOST_ORDERS, suspicion);
      }
      suspicion = verdict.get();
      if (suspicion instanceof Verdict.Linearizable) {
        break;
      }
    }
    return suspicion;
  }
}
