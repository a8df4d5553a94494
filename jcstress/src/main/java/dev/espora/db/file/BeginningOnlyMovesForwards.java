package dev.espora.db.file;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Two processes raise positions at once: none is lost, and none moves back for a reader. */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "forwards")
@Outcome(expect = Expect.FORBIDDEN, desc = "a position moved back")
@State
public class BeginningOnlyMovesForwards {
  private static final Control ONE = Blocks.shared();
  private static final Control TWO = Blocks.shared();

  @Actor
  public void syncs() {
    ONE.raiseDurable(ONE.durable() + 1);
    ONE.raiseSnapshot(ONE.snapshot() + 1);
  }

  @Actor
  public void syncsToo() {
    TWO.raiseDurable(TWO.durable() + 2);
    TWO.raiseSnapshot(TWO.snapshot() + 2);
  }

  @Actor
  public void reads(I_Result result) {
    long durable = ONE.durable();
    long snapshot = TWO.snapshot();
    result.r1 = TWO.durable() < durable || ONE.snapshot() < snapshot ? 1 : 0;
  }
}
