package dev.espora.db;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A medium's way to have the commands of one partition decided by the process that appends at the
 * least cost, so that all of them make one batch.
 *
 * <p>Commands travel in groups, each under a {@link Ticket}. Where it is not known what became of a
 * group, it may be decided again, by whatever process: a batch tells which groups it holds ({@link
 * Batch#answers}), and {@link Journal#append} lets in none that holds a group which the log has
 * already, or one older than the log has of the same process. So a group takes effect once.
 *
 * <p>Safe for use by several threads.
 */
public interface Forwarder {

  /**
   * Offers to decide what other processes forward, until the journal is closed.
   *
   * @param schema what commands and results are written in; groups in another one are not handed
   *     over
   */
  void offer(String schema, Decider decider);

  /** Whether another process is to decide now. Never waits. */
  boolean isElsewhere();

  /**
   * A ticket for the next group of this process: later than all it had of this partition before,
   * also where the partition was closed and opened again.
   */
  Ticket ticket();

  /**
   * Has the other process decide a group, and waits for it.
   *
   * @return empty if it does not, and this process has to, under the same ticket
   * @throws DatabaseException.OutcomeUnknown if there is no answer within a bounded time
   */
  Optional<Decided> forward(Ticket ticket, List<byte[]> commands);

  /**
   * What the log holds of a group: asked before the group is decided, and again after {@link
   * Journal#OVERTAKEN}. Null if it holds nothing up to {@link Journal#known} at least, since that
   * is where the state comes from by which the group is judged. May wait for that, within bounds.
   */
  @Nullable Answers known(Ticket ticket);

  /** Decides what others forward. */
  @FunctionalInterface
  interface Decider {
    /**
     * Decides a group, unless it is known to have been. Does not wait.
     *
     * @return empty if this process cannot say what becomes of it
     */
    CompletableFuture<Optional<Decided>> decide(Ticket ticket, List<byte[]> commands);
  }

  /**
   * Names a group of commands for good.
   *
   * @param process who has forwarded them
   * @param incarnation of that process: a later start has a higher one
   * @param number higher for later groups
   */
  record Ticket(String process, long incarnation, long number) {
    private boolean isAtLeast(Ticket other) {
      return process.equals(other.process)
          && (incarnation > other.incarnation
              || (incarnation == other.incarnation && number >= other.number));
    }
  }

  /** What became of one command. */
  sealed interface Verdict {
    /** It was decided. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Result(byte[] bytes) implements Verdict {}

    /** It was refused, and has had no effect. */
    record Refused(Reason reason, String text) implements Verdict {}
  }

  /** Why a command was refused. */
  enum Reason {
    /** {@link DatabaseException.Busy}. */
    BUSY,
    /** {@link DatabaseException.LimitExceeded}. */
    LIMIT,
    /** The state machine has thrown something. */
    FAILED
  }

  /**
   * What became of a group.
   *
   * @param verdicts one for each command; none if they are too large to be kept in the log
   */
  record Answers(Ticket ticket, List<Verdict> verdicts) {
    public Answers {
      verdicts = List.copyOf(verdicts);
    }

    /**
     * What the log holds of a group if this is the last one that it has of the same process: null
     * if the group is later, and so not in the log; without verdicts if it is an earlier one, which
     * is in the log or never will be.
     */
    public @Nullable Answers about(Ticket group) {
      if (!ticket.isAtLeast(group)) {
        return null;
      }
      return ticket.equals(group) ? this : new Answers(group, List.of());
    }
  }

  /**
   * What became of a group, told by the process that has decided it.
   *
   * @param verdicts one for each command
   * @param position where the log ends behind its effects
   * @param syncNanos spent on making them durable
   */
  record Decided(List<Verdict> verdicts, long position, long syncNanos) {
    public Decided {
      verdicts = List.copyOf(verdicts);
    }
  }
}
