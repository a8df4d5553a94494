package dev.espora.fuzz;

import dev.espora.http.RequestCheck;

/** The bytes of a connection, in any cuts: see {@link RequestCheck}. */
public final class RequestTarget {

  private RequestTarget() {}

  /** The first bytes say how the others are cut. */
  public static void fuzzerTestOneInput(byte[] input) {
    Choices choices = new Choices(input);
    byte[] cuts = choices.take(choices.below(8));
    byte[] bytes = choices.rest();
    int[] at = {0};
    RequestCheck.check(
        bytes, () -> cuts.length == 0 ? bytes.length : 1 + (cuts[at[0]++ % cuts.length] & 0x3F));
  }
}
