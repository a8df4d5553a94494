package dev.espora.db;

import dev.espora.db.Forwarder.Decided;
import dev.espora.db.Forwarder.Ticket;
import dev.espora.db.codec.Codec;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.MalformedException;
import dev.espora.db.codec.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Commands of one partition that are decided by another process than the one they were submitted
 * to: those that this one sends away, and those that it decides for others.
 */
final class Delegation<C, R> {
  /** A group is sent once it is this long; what is behind it goes into the next one. */
  private static final int GROUP_BYTES = 256 << 10;

  private static final int GROUP_COMMANDS = 4096;

  /** No group is longer than this: a medium has a longest message. */
  static final int MOST_BYTES = 1 << 20;

  private final Forwarder forwarder;
  private final Forwarding<C, R> forwarding;
  private final Codec.Decoder<C> commandDecoder;
  private final Codec.Decoder<R> resultDecoder;
  private final Map<Ticket, CompletableFuture<Optional<Decided>>> underWay =
      new ConcurrentHashMap<>();

  private Delegation(Forwarder forwarder, Forwarding<C, R> forwarding) {
    this.forwarder = forwarder;
    this.forwarding = forwarding;
    this.commandDecoder = forwarding.commands().decoder(forwarding.commands().schema());
    this.resultDecoder = forwarding.results().decoder(forwarding.results().schema());
  }

  /** None where the medium has none, or commands cannot travel, or each is to be synced alone. */
  static <C, R> @Nullable Delegation<C, R> of(
      Journal journal, Machine<?, C, ?, R> machine, Options options) {
    Forwarder forwarder = journal.forwarder();
    Forwarding<C, R> forwarding = machine.forwarding().orElse(null);
    return forwarder == null
            || forwarding == null
            || options.durability().mode() == Durability.Mode.SYNC_EACH
        ? null
        : new Delegation<>(forwarder, forwarding);
  }

  // --- sending away

  /** Whether another process is to decide now. */
  boolean isElsewhere() {
    return forwarder.isElsewhere();
  }

  /**
   * A group on its way.
   *
   * @param last of its commands
   * @param rest what did not fit, linked by {@link Pending#next}
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Parcel<C, R>(
      Forwarded<C, R> group,
      List<byte[]> commands,
      Pending<C, R> last,
      @Nullable Pending<C, R> rest) {}

  /**
   * Makes a group of commands, oldest first, and cuts the chain behind it.
   *
   * @return empty if some belong to a group already, cannot be written, or are too long for a
   *     message: they are to be decided here
   */
  Optional<Parcel<C, R>> pack(Pending<C, R> first) {
    List<Pending<C, R>> group = new ArrayList<>();
    List<byte[]> commands = new ArrayList<>();
    Output out = new Output(64);
    int bytes = 0;
    Pending<C, R> last = first;
    for (Pending<C, R> each = first; each != null; each = each.next) {
      if (each.forwarded != null || !encode(each.command, out) || out.size() > MOST_BYTES) {
        return Optional.empty();
      }
      if (bytes + out.size() > MOST_BYTES) {
        break;
      }
      last = each;
      if (each.take() || each.isTaken()) {
        group.add(each);
        commands.add(out.toByteArray());
        bytes += out.size();
      }
      if (bytes >= GROUP_BYTES || group.size() >= GROUP_COMMANDS) {
        break;
      }
    }
    Pending<C, R> rest = last.next;
    last.next = null;
    return Optional.of(new Parcel<>(group(forwarder.ticket(), group), commands, last, rest));
  }

  private boolean encode(C command, Output out) {
    out.truncate(0);
    try {
      forwarding.commands().encode(command, out);
      return true;
    } catch (RuntimeException e) {
      return false;
    }
  }

  private Forwarded<C, R> group(Ticket ticket, List<Pending<C, R>> commands) {
    return new Forwarded<>(ticket, forwarding.results(), resultDecoder, commands);
  }

  /**
   * Has the other process decide a group, waits, and takes over the verdicts.
   *
   * @return empty if it does not
   */
  Optional<Decided> send(Parcel<C, R> parcel) {
    Optional<Decided> decided =
        parcel.commands.isEmpty()
            ? Optional.of(new Decided(List.of(), 0, 0))
            : forwarder.forward(parcel.group.ticket(), parcel.commands);
    decided.ifPresent(each -> parcel.group.answer(each.verdicts()));
    return decided;
  }

  // --- deciding for others

  /** Decides what others forward. {@code queue} takes commands that stay together, or refuses. */
  void serve(Predicate<List<Pending<C, R>>> queue) {
    forwarder.offer(forwarding.schema(), (ticket, commands) -> decide(ticket, commands, queue));
  }

  private CompletableFuture<Optional<Decided>> decide(
      Ticket ticket, List<byte[]> commands, Predicate<List<Pending<C, R>>> queue) {
    CompletableFuture<Optional<Decided>> mine = new CompletableFuture<>();
    CompletableFuture<Optional<Decided>> earlier = underWay.putIfAbsent(ticket, mine);
    if (earlier != null) {
      return earlier; // asked again for want of patience
    }
    var _ =
        begin(ticket, commands, queue)
            .whenComplete((decided, failure) -> {
              underWay.remove(ticket);
              mine.complete(failure == null ? decided : Optional.empty());
            });
    return mine;
  }

  private CompletableFuture<Optional<Decided>> begin(
      Ticket ticket, List<byte[]> commands, Predicate<List<Pending<C, R>>> queue) {
    List<Pending<C, R>> pending = new ArrayList<>();
    try {
      for (byte[] each : commands) {
        pending.add(
            new Pending<>(commandDecoder.decode(new Input(each)), new CompletableFuture<>()));
      }
    } catch (MalformedException e) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    Forwarded<C, R> group = group(ticket, pending);
    if (!queue.test(pending)) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    CompletableFuture<?>[] futures =
        pending.stream().map(each -> each.future).toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(futures)
        .handle((_, _) ->
            pending.stream().allMatch(Delegation::isDecided)
                ? Optional.of(decided(group, pending.getLast()))
                : Optional.empty());
  }

  private static <R> Decided decided(Forwarded<?, R> group, Pending<?, R> last) {
    return new Decided(group.verdicts(), last.position(), last.syncNanos());
  }

  /** Whether it is certain what became of a command: it was judged, and its batch was written. */
  private static boolean isDecided(Pending<?, ?> pending) {
    return switch (pending.failure()) {
      case null -> true;
      case DatabaseException.LimitExceeded _ -> true;
      case DatabaseException _ -> false;
      default -> true;
    };
  }

  /** Looks up what the log holds of the groups that are to be decided, oldest first. */
  void look(@Nullable Pending<C, R> first) {
    Forwarded<C, R> before = null;
    for (Pending<C, R> each = first; each != null; each = each.next) {
      Forwarded<C, R> group = each.forwarded;
      if (group != null && group != before) {
        group.look(forwarder);
        before = group;
      }
    }
  }
}
