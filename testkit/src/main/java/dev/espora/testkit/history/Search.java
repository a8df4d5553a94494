package dev.espora.testkit.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The search for an order of the operations on one object; see {@link Linearizability}. */
final class Search<S, I, O> {
  private static final int SHOWN = 8;

  private final Model<S, I, O> model;
  private final Object partition;
  private final List<Operation<I, O>> operations;
  private final int slack;
  private final long mostOrders;

  /** Operations that were invoked and have not returned, by the bit that stands for each. */
  private final TreeMap<Integer, Operation<I, O>> open = new TreeMap<>();

  /** Those of unknown outcome; they stay for ever. */
  private final List<Operation<I, O>> unknown = new ArrayList<>();

  /** For each of these, the last one before it that asked for the same; -1 if there is none. */
  private final List<Integer> twins = new ArrayList<>();

  private final Map<I, Integer> newest = new HashMap<>();

  private final Deque<Operation<I, O>> latest = new ArrayDeque<>();
  private int returned;
  private long orders;

  /**
   * @param slack how many more effects of unknown operations are tried than an answer needs
   * @param mostOrders how many partial orders to compare
   */
  Search(
      Model<S, I, O> model,
      Object partition,
      List<Operation<I, O>> operations,
      int slack,
      long mostOrders) {
    this.model = model;
    this.partition = partition;
    this.operations = operations;
    this.slack = slack;
    this.mostOrders = mostOrders;
  }

  /**
   * An invocation or a return.
   *
   * @param number which operation it is
   */
  private record Event<I, O>(int number, Operation<I, O> operation, boolean isReturn) {
    long nanos() {
      return isReturn ? operation.returnedNanos() : operation.invokedNanos();
    }
  }

  /** Invocations come before returns of the same moment, since such operations overlap. */
  private List<Event<I, O>> events() {
    List<Event<I, O>> events = new ArrayList<>();
    for (int i = 0; i < operations.size(); i++) {
      Operation<I, O> each = operations.get(i);
      switch (each.outcome()) {
        case Outcome.Returned<O> _ -> {
          events.add(new Event<>(i, each, false));
          events.add(new Event<>(i, each, true));
        }
        case Outcome.Unknown<O> _ -> {
          if (!model.isRead(each.input())) {
            events.add(new Event<>(i, each, false));
          }
        }
        case Outcome.Failed<O> _ -> {} // as if it had never been
      }
    }
    events.sort(Comparator.<Event<I, O>>comparingLong(Event::nanos).thenComparing(Event::isReturn));
    return events;
  }

  /** Returns nothing if there are too many orders. */
  Optional<Verdict<S, I, O>> run() {
    int[] bits = new int[operations.size()];
    Frontier<S> ways = new Frontier<>();
    ways.add(new Way<>(model.initial(), new BitSet(), new BitSet(), 0));
    for (Event<I, O> event : events()) {
      Operation<I, O> operation = event.operation();
      if (operation.outcome() instanceof Outcome.Unknown) {
        twins.add(Objects.requireNonNullElse(newest.put(operation.input(), unknown.size()), -1));
        unknown.add(operation);
      } else if (!event.isReturn()) {
        bits[event.number()] = free();
        open.put(free(), operation);
      } else {
        int bit = bits[event.number()];
        Set<O> possible = new LinkedHashSet<>();
        Frontier<S> next = explain(ways, bit, possible);
        if (next == null) {
          return Optional.empty();
        }
        if (next.isEmpty()) {
          return Optional.of(violated(ways, bit, possible));
        }
        ways = next;
        forget(bit);
      }
    }
    return Optional.of(new Verdict.Linearizable<>(operations.size(), unknown.size(), 1));
  }

  /** The lowest bit that stands for no operation. */
  private int free() {
    int bit = 0;
    while (open.containsKey(bit)) {
      bit++;
    }
    return bit;
  }

  private void forget(int bit) {
    latest.addFirst(operation(bit));
    if (latest.size() > SHOWN) {
      latest.removeLast();
    }
    open.remove(bit);
    returned++;
  }

  private Operation<I, O> operation(int bit) {
    return Objects.requireNonNull(open.get(bit));
  }

  /**
   * All ways in which an operation has taken effect when it returns; null if there are too many to
   * look at.
   *
   * @param possible filled with what it could have answered
   */
  private @Nullable Frontier<S> explain(Frontier<S> ways, int target, Set<O> possible) {
    Frontier<S> next = new Frontier<>();
    Frontier<S> seen = new Frontier<>();
    Deque<Way<S>> left = new ArrayDeque<>();
    for (Way<S> way : ways.all()) {
      Way<S> begun = withReads(way.afresh());
      if (begun.done().get(target)) {
        next.add(begun.without(target));
      } else if (seen.add(begun)) {
        left.addLast(begun);
      }
    }
    int fewest = next.isEmpty() ? Integer.MAX_VALUE - slack : 0;
    while (!left.isEmpty() && left.getFirst().fresh() <= fewest + slack) {
      Way<S> way = left.removeFirst();
      if (orders + seen.comparisons() > mostOrders) {
        return null;
      }
      if (way.done().get(target)) {
        next.add(way.without(target));
        fewest = Math.min(fewest, way.fresh());
        continue;
      }
      if (!seen.holds(way)) {
        continue; // one that needs less was found since
      }
      if (possible.size() < SHOWN) {
        possible.add(model.apply(way.state(), operation(target).input()).output());
      }
      for (int bit : open.keySet()) {
        Way<S> longer = way.done().get(bit) ? null : apply(way, bit);
        if (longer != null && seen.add(longer)) {
          left.addFirst(longer);
        }
      }
      // What needs more of the unknown is looked at last, since most of it is not needed.
      for (int i = 0; i < unknown.size(); i++) {
        Way<S> longer = way.used().get(i) || hasTwin(way, i) ? null : use(way, i);
        if (longer != null && seen.add(longer)) {
          left.addLast(longer);
        }
      }
    }
    orders += seen.comparisons();
    return next;
  }

  /** The way with one more operation that answers what it did answer, or null. */
  private @Nullable Way<S> apply(Way<S> way, int bit) {
    Operation<I, O> operation = operation(bit);
    if (model.isRead(operation.input())) {
      return null; // it would have been taken along
    }
    Model.Step<S, O> step = model.apply(way.state(), operation.input());
    return answers(operation, step) ? withReads(way.with(bit, step.state())) : null;
  }

  /** Of those that ask for the same, the oldest takes effect first: whichever it was is as good. */
  private boolean hasTwin(Way<S> way, int index) {
    int twin = twins.get(index);
    return twin >= 0 && !way.used().get(twin);
  }

  private @Nullable Way<S> use(Way<S> way, int index) {
    S state = model.apply(way.state(), unknown.get(index).input()).state();
    return state.equals(way.state()) ? null : withReads(way.using(index, state));
  }

  private boolean answers(Operation<I, O> operation, Model.Step<S, O> step) {
    return operation.outcome() instanceof Outcome.Returned<O> told
        && told.value().equals(step.output());
  }

  /** Takes along every read that answers right here: that costs nothing and changes nothing. */
  private Way<S> withReads(Way<S> way) {
    Way<S> result = way;
    for (var each : open.entrySet()) {
      Operation<I, O> read = each.getValue();
      if (model.isRead(read.input())
          && !way.done().get(each.getKey())
          && answers(read, model.apply(way.state(), read.input()))) {
        result = result.with(each.getKey(), way.state());
      }
    }
    return result;
  }

  private Verdict<S, I, O> violated(Frontier<S> ways, int bit, Set<O> possible) {
    Operation<I, O> answer = operation(bit);
    List<Operation<I, O>> meanwhile = new ArrayList<>();
    open.forEach((other, operation) -> {
      if (other != bit) {
        meanwhile.add(operation);
      }
    });
    meanwhile.addAll(unknown);
    Set<S> states = new LinkedHashSet<>();
    ways.all().forEach(way -> states.add(way.state()));
    return new Verdict.Violated<>(
        partition, returned, states, answer, possible, meanwhile, List.copyOf(latest));
  }
}
