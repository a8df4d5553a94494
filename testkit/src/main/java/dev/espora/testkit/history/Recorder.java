package dev.espora.testkit.history;

import dev.espora.db.DatabaseException;
import java.util.function.Supplier;

/**
 * Writes down operations as they are invoked and as they return. Safe for use by any number of
 * threads.
 *
 * <p>Times are those of {@link System#nanoTime}, which on Linux is one clock for all processes of a
 * machine, so that histories of several processes can be put together.
 *
 * @param <I> what operations are asked
 * @param <O> what they answer
 */
public interface Recorder<I, O> {

  /** Called right before an operation is invoked; the answer is to be told how it ended. */
  Call<O> begin(String caller, I input);

  /**
   * An operation under way. One that is never told how it ended has an unknown outcome.
   *
   * @param <O> what operations answer
   */
  interface Call<O> {

    /** Called right after it has answered. */
    void returned(O output);

    /** Called once it is known that it had no effect and never will have one. */
    void failed();
  }

  /**
   * Performs an operation of a database and records it. A {@link DatabaseException} says that it
   * had no effect, except {@link DatabaseException.OutcomeUnknown}; after any other exception
   * nobody knows.
   */
  default O record(String caller, I input, Supplier<O> operation) {
    Call<O> call = begin(caller, input);
    try {
      O output = operation.get();
      call.returned(output);
      return output;
    } catch (DatabaseException.OutcomeUnknown e) {
      throw e; // what is left open is unknown
    } catch (DatabaseException e) {
      call.failed();
      throw e;
    }
  }
}
