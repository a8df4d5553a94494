package dev.espora.ratis;

import dev.espora.db.Forwarder;
import dev.espora.db.PartitionKind;
import java.util.List;
import java.util.UUID;

/**
 * What a node asks the leader of a group: first the entries, which go through the replicated log,
 * and whatever is asked twice of them has the effect of once; then the questions, which are
 * answered from the state of one node.
 */
sealed interface Request {

  /**
   * Makes a partition known, and a schema of its events.
   *
   * @param schema its text
   */
  record Register(String partition, PartitionKind kind, String schema) implements Request {}

  /**
   * Appends a batch if the log of the partition ends where it belongs. A node has at most one batch
   * of a partition under way; a position is taken once and for all, so that a batch takes effect in
   * that one place or never, however often and late it comes.
   *
   * @param position where the log ends, as the node knows it
   * @param parts how many {@link Part}s stand in front of the bytes
   * @param bytes the records, without the room for a header
   * @param answers of the groups of commands that take effect by it, none of which the partition
   *     may hold already
   */
  record Append(
      String partition,
      long position,
      String node,
      UUID batch,
      int parts,
      byte[] bytes,
      List<Forwarder.Answers> answers)
      implements Request {}

  /** A piece of a batch that is too large for one entry. */
  record Part(String partition, String node, UUID batch, int index, byte[] bytes)
      implements Request {}

  /** Nothing before a position is needed to build up a store. */
  record Release(String partition, long before) implements Request {}

  /**
   * Asks for the right to compact.
   *
   * @param holder who asks, another one each time
   * @param nowMillis the asker's clock
   * @param untilMillis when the right lapses, by that clock
   */
  record TakeUpkeep(String partition, UUID holder, String node, long nowMillis, long untilMillis)
      implements Request {}

  /** Gives the right to compact back. */
  record GiveUpkeep(String partition, UUID holder) implements Request {}

  /**
   * Tells who lives under a node's name.
   *
   * @param life of its data directory
   */
  record Join(String node, UUID life) implements Request {}

  /** Requests that go together: entries take effect one after another. */
  record Several(List<byte[]> requests) implements Request {}

  /** What a partition is stored as. */
  record Lookup(String partition) implements Request {}

  /**
   * Where the log of a partition ends.
   *
   * @param from what comes from here on is not known to the asker yet
   */
  record End(String partition, long from) implements Request {}

  /** How far the group has come. */
  record Applied() implements Request {}

  /** In which term of the group the asked node is; asked of any node. */
  record Term() implements Request {}

  /**
   * Asks for the turn to append.
   *
   * @param from what comes from here on is not known to the asker yet
   * @param waits whether to wait in line
   */
  record TakeTurn(String partition, String node, long from, boolean waits) implements Request {}

  /** Gives the turn back. */
  record GiveTurn(String partition, String node) implements Request {}

  /**
   * Asks the node that leads to decide commands.
   *
   * @param schema what commands and results are written in
   */
  record Forward(String partition, String schema, Forwarder.Ticket ticket, List<byte[]> commands)
      implements Request {}

  /** How the asked node is doing; asked of any node. */
  record Status() implements Request {}

  /**
   * Asks the node for a copy of all partitions, which it makes unless it did before.
   *
   * @param transfer drawn by who asks
   */
  record PrepareCopy(UUID transfer) implements Request {}

  /** Asks for a piece of a file of that copy. */
  record CopyPiece(UUID transfer, String file, long offset) implements Request {}

  /** The copy is not needed any more. */
  record DropCopy(UUID transfer) implements Request {}
}
