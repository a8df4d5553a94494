package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.codec.Codec;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What goes into one message to the process that decides. */
class DelegationTest {
  private static final int MOST = Delegation.MOST_BYTES;

  private final Delegation<byte[], Long> delegation =
      Objects.requireNonNull(
          Delegation.of(
              new Follower(), Machine.of(new Blobs(), PartitionKind.MACHINE), Options.DEFAULTS));

  /** Commands are as long as a test wants them. */
  private record Blobs() implements StateMachine<Long, byte[], byte[], Long> {
    @Override
    public Long initial() {
      return 0L;
    }

    @Override
    public Decision<byte[], Long> decide(Long state, byte[] command) {
      return Decision.accept(command, state);
    }

    @Override
    public Long evolve(Long state, byte[] event) {
      return state + event.length;
    }

    @Override
    public Codec<byte[]> eventCodec() {
      return Codec.of(byte[].class);
    }

    @Override
    public Codec<Long> stateCodec() {
      return Codec.of(Long.class);
    }

    @Override
    public Optional<Forwarding<byte[], Long>> forwarding() {
      return Optional.of(Forwarding.of(byte[].class, Long.class));
    }
  }

  /** Of a process that does not decide; nothing is sent. */
  private static final class Follower extends MemoryJournal implements Forwarder {
    private Follower() {
      super(
          new Medium.Stored(PartitionKind.MACHINE, Codec.of(byte[].class).schema()),
          new AtomicBoolean());
    }

    @Override
    public Forwarder forwarder() {
      return this;
    }

    @Override
    public void offer(String schema, Decider decider) {}

    @Override
    public boolean isElsewhere() {
      return true;
    }

    @Override
    public Ticket ticket() {
      return new Ticket("p", 1, 1);
    }

    @Override
    public Optional<Decided> forward(Ticket ticket, List<byte[]> commands) {
      return Optional.empty();
    }

    @Override
    public @Nullable Answers known(Ticket ticket) {
      return null;
    }
  }

  private static Pending<byte[], Long> commands(int... bytes) {
    CommandQueue<byte[], Long> queue = new CommandQueue<>(bytes.length);
    for (int each : bytes) {
      assertThat(queue.offer(new Pending<>(new byte[each], null))).isTrue();
    }
    return Objects.requireNonNull(queue.takeAll());
  }

  private static List<Integer> lengths(@Nullable Pending<byte[], Long> first) {
    return Stream.iterate(first, Objects::nonNull, each -> each.next)
        .map(each -> each.command.length)
        .toList();
  }

  @Test
  void aGroupEndsBeforeTheCommandThatWouldMakeItTooLong() {
    Pending<byte[], Long> first = commands(100, MOST - 50, 10);
    Delegation.Parcel<byte[], Long> parcel = delegation.pack(first).orElseThrow();
    assertThat(parcel.commands()).hasSize(1);
    assertThat(parcel.last()).isSameAs(first);
    Pending<byte[], Long> rest = Objects.requireNonNull(parcel.rest());
    assertThat(lengths(rest)).containsExactly(MOST - 50, 10);
    assertThat(rest.giveUp(IllegalStateException::new)).as("is not taken yet").isTrue();
  }

  @Test
  void aCommandThatIsTooLongForAMessageIsDecidedWhereItIs() {
    assertThat(delegation.pack(commands(MOST + 1))).isEmpty();
    Pending<byte[], Long> behindAnother = commands(100, 9 * MOST);
    assertThat(delegation.pack(behindAnother)).isEmpty();
    assertThat(lengths(behindAnother)).containsExactly(100, 9 * MOST);
  }
}
