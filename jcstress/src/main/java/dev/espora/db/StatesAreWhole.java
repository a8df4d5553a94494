package dev.espora.db;

import dev.espora.db.codec.Codec;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A state is published with its point: readers see whole states, which never go back. */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "whole and forwards")
@Outcome(expect = Expect.FORBIDDEN, desc = "half a state, or an older one, or one not yet there")
@State
public class StatesAreWhole {
  /** Two sums that are always equal. */
  public record Twice(long one, long two) {}

  private record Adder() implements StateMachine<Twice, Long, Long, Twice> {
    @Override
    public Twice initial() {
      return new Twice(0, 0);
    }

    @Override
    public Decision<Long, Twice> decide(Twice state, Long command) {
      return Decision.accept(command, evolve(state, command));
    }

    @Override
    public Twice evolve(Twice state, Long event) {
      return new Twice(state.one + event, state.two + event);
    }

    @Override
    public Codec<Long> eventCodec() {
      return Codec.of(Long.class);
    }

    @Override
    public Codec<Twice> stateCodec() {
      return Codec.of(Twice.class);
    }
  }

  private static final Partition<Twice, Long, Twice> PARTITION =
      Database.inMemory(Options.DEFAULTS).partition("twice", new Adder());

  @Actor
  public void write(II_Result result) {
    long acknowledged = PARTITION.submit(1L).result().one;
    result.r1 = PARTITION.state().one < acknowledged ? 1 : 0;
  }

  @Actor
  public void read(II_Result result) {
    Twice first = PARTITION.state();
    Twice second = PARTITION.state();
    boolean whole = first.one == first.two && second.one == second.two;
    result.r2 = whole && second.one >= first.one ? 0 : 1;
  }
}
