package dev.espora.db;

import dev.espora.db.codec.Codec;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.MalformedException;
import dev.espora.db.codec.Output;
import dev.espora.db.codec.Schema;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * A state machine as the commit loop sees it. Beyond a {@link StateMachine}, one of these may know
 * where in the log an event stands, and write its state in parts.
 */
interface Machine<S, C, E, R> {

  PartitionKind kind();

  S initial();

  Decision<E, R> decide(S state, C command);

  /**
   * The state after an event.
   *
   * @param position of the event in the log
   * @param bytes that it takes there
   */
  S evolve(S state, E event, long position, int bytes);

  /**
   * The number of the schema that an event is written in.
   *
   * @param current the schema that is written now
   */
  int schema(E event, int current);

  Codec<E> eventCodec();

  /** How states are written into snapshots. */
  Schema stateSchema();

  /** The state, encoded, part by part. */
  Iterator<byte[]> write(S state);

  /** The state that was written; parts of it may be read only when they are needed. */
  S read(Schema written, Journal.Parts parts);

  /** How commands and results travel, if they can. */
  Optional<Forwarding<C, R>> forwarding();

  /** About how many bytes a snapshot of the state takes; 0 where that is little. */
  long snapshotBytes(S state);

  /** The machine of an application. */
  static <S, C, E, R> Machine<S, C, E, R> of(StateMachine<S, C, E, R> machine, PartitionKind kind) {
    return new Machine<>() {
      @Override
      public PartitionKind kind() {
        return kind;
      }

      @Override
      public S initial() {
        return machine.initial();
      }

      @Override
      public Decision<E, R> decide(S state, C command) {
        return machine.decide(state, command);
      }

      @Override
      public S evolve(S state, E event, long position, int bytes) {
        return machine.evolve(state, event);
      }

      @Override
      public int schema(E event, int current) {
        return current;
      }

      @Override
      public Codec<E> eventCodec() {
        return machine.eventCodec();
      }

      @Override
      public Schema stateSchema() {
        return machine.stateCodec().schema();
      }

      @Override
      public Iterator<byte[]> write(S state) {
        Output out = new Output(1 << 12);
        machine.stateCodec().encode(state, out);
        return List.of(out.toByteArray()).iterator();
      }

      @Override
      public S read(Schema written, Journal.Parts parts) {
        if (parts.count() != 1) {
          throw new MalformedException("the state has " + parts.count() + " parts instead of one");
        }
        return machine.stateCodec().decoder(written).decode(new Input(parts.get(0)));
      }

      @Override
      public Optional<Forwarding<C, R>> forwarding() {
        return machine.forwarding();
      }

      @Override
      public long snapshotBytes(S state) {
        return 0;
      }
    };
  }
}
