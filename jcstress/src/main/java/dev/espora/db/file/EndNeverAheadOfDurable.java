package dev.espora.db.file;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Whoever sees a shared end sees that what is before it is durable, and the segment that holds it.
 */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "what is before the end is durable")
@Outcome(expect = Expect.FORBIDDEN, desc = "an end that a crash could take back")
@State
public class EndNeverAheadOfDurable {
  private static final Control BLOCK = Blocks.shared();
  private static final Control OTHER = Blocks.shared(); // as another process maps it

  @Actor
  public void commit() {
    long next = BLOCK.end() + 1;
    BLOCK.setLast(next);
    BLOCK.raiseDurable(next);
    BLOCK.setEnd(next);
  }

  @Actor
  public void read(I_Result result) {
    long end = OTHER.end();
    result.r1 = OTHER.durable() < end || OTHER.last() < end ? 1 : 0;
  }
}
