package dev.espora.db.file;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A process that fails sets its mark before it gives the lock back, so that the next holder finds
 * it; the words stand for the session's mark and the partition's holder.
 */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "the mark was seen with the lock")
@Outcome(expect = Expect.FORBIDDEN, desc = "the lock was free and the mark not seen")
@State
public class NothingIsPublishedBehindPoison {
  private static final Control BLOCK = Blocks.shared();
  private static final Control OTHER = Blocks.shared();

  @Actor
  public void fail() {
    long mark = BLOCK.session() + 1;
    BLOCK.setSession(mark);
    BLOCK.setHolder(mark);
  }

  @Actor
  public void takeOver(I_Result result) {
    long released = OTHER.holder();
    result.r1 = OTHER.session() < released ? 1 : 0;
  }
}
