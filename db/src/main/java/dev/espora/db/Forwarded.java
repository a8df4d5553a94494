package dev.espora.db;

import dev.espora.db.Forwarder.Answers;
import dev.espora.db.Forwarder.Reason;
import dev.espora.db.Forwarder.Ticket;
import dev.espora.db.Forwarder.Verdict;
import dev.espora.db.codec.Codec;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.Output;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A group of commands that travels, or has, under one ticket. They stand one behind the other in
 * the queue and go into one batch. For use by the thread that commits.
 */
final class Forwarded<C, R> {
  /** Verdicts that take more are not kept in the log for who may ask again. */
  private static final int MOST_KEPT_BYTES = 32 << 10;

  /** Of a command that was not judged any more when the others of its group were. */
  private static final Verdict GIVEN_UP =
      new Verdict.Refused(Reason.BUSY, "the command was given up; nothing was written");

  private final Ticket ticket;
  private final Codec<R> results;
  private final Codec.Decoder<R> decoder; // of the same, made once for all groups
  private final List<Pending<C, R>> commands;
  private @Nullable Answers known;

  Forwarded(
      Ticket ticket, Codec<R> results, Codec.Decoder<R> decoder, List<Pending<C, R>> commands) {
    this.ticket = ticket;
    this.results = results;
    this.decoder = decoder;
    this.commands = commands;
    for (Pending<C, R> each : commands) {
      each.forwarded = this;
    }
  }

  Ticket ticket() {
    return ticket;
  }

  /** Takes over what the log holds of the group, if it holds something. */
  void look(Forwarder forwarder) {
    known = forwarder.known(ticket);
    if (known != null) {
      answer(known.verdicts());
    }
  }

  /** Whether the log holds the group, so that its commands are not to be decided again. */
  boolean isKnown() {
    return known != null;
  }

  /** Gives each command its verdict. */
  void answer(List<Verdict> verdicts) {
    for (int i = 0; i < commands.size(); i++) {
      Pending<C, R> command = commands.get(i);
      if (!command.take() && !command.isTaken()) {
        continue; // it was given up
      }
      if (verdicts.size() != commands.size()) {
        command.failed(() ->
            new DatabaseException.OutcomeUnknown(
                "the command was decided, but what became of it was not kept", null));
      } else {
        answer(command, verdicts.get(i));
      }
    }
  }

  private void answer(Pending<C, R> command, Verdict verdict) {
    switch (verdict) {
      case Verdict.Result(byte[] bytes) ->
          command.decided(decoder.decode(new Input(bytes)), verdict);
      case Verdict.Refused(Reason reason, String text) -> command.failed(failure(reason, text));
    }
  }

  private static Supplier<RuntimeException> failure(Reason reason, String text) {
    return switch (reason) {
      case BUSY -> () -> new DatabaseException.Busy(text);
      case LIMIT -> () -> new DatabaseException.LimitExceeded(text);
      case FAILED -> () -> new IllegalStateException(text);
    };
  }

  /** What has become of the commands, once they are judged. */
  List<Verdict> verdicts() {
    return commands.stream().map(Forwarded::verdict).toList();
  }

  /** Writes a result down. */
  Verdict verdict(R result) {
    Output out = new Output(16);
    results.encode(result, out);
    return new Verdict.Result(out.toByteArray());
  }

  private static Verdict verdict(Pending<?, ?> command) {
    return switch (command.failure()) {
      case null -> Objects.requireNonNullElse(command.verdict, GIVEN_UP);
      case DatabaseException.OutcomeUnknown _ -> GIVEN_UP;
      case DatabaseException.Busy e ->
          new Verdict.Refused(Reason.BUSY, String.valueOf(e.getMessage()));
      case DatabaseException.LimitExceeded e ->
          new Verdict.Refused(Reason.LIMIT, String.valueOf(e.getMessage()));
      case RuntimeException e -> new Verdict.Refused(Reason.FAILED, e.toString());
    };
  }

  /** What the log is to hold of the group. */
  Answers answers() {
    List<Verdict> verdicts = verdicts();
    long bytes = verdicts.stream().mapToLong(Forwarded::bytes).sum();
    return new Answers(ticket, bytes <= MOST_KEPT_BYTES ? verdicts : List.of());
  }

  private static long bytes(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Result(byte[] bytes) -> bytes.length + 2L;
      case Verdict.Refused(Reason _, String text) -> 3L * text.length() + 4;
    };
  }
}
