package dev.espora.ratis;

import dev.espora.db.Forwarder;
import dev.espora.db.PartitionKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What a {@link Request} is answered. That something is refused is an answer, too. */
sealed interface Reply {

  /** It is so. */
  record Done() implements Reply {}

  /** It is not so, and nothing was changed. */
  record Refused(String why) implements Reply {}

  /** The partition ends elsewhere: the batch will never take effect. */
  record Overtaken(long end) implements Reply {}

  /**
   * The partition holds groups of commands of the batch already, which will never take effect.
   *
   * @param answers of these; without verdicts if it does not have them any more
   */
  record Answered(List<Forwarder.Answers> answers) implements Reply {}

  /** Parts of the batch are not there. */
  record PartsMissing() implements Reply {}

  /** What a partition is stored as; none if it is not known. */
  record Known(Optional<Stored> stored) implements Reply {}

  /**
   * What a partition is stored as.
   *
   * @param schemas their texts, by number
   */
  record Stored(PartitionKind kind, List<String> schemas) {}

  /**
   * Where a partition ends.
   *
   * @param batches the last ones, as far as they were asked for and are at hand
   */
  record At(long end, List<Placed> batches) implements Reply {}

  /** A batch, without the room for a header. */
  record Placed(long position, byte[] bytes) {}

  /** Somebody else has the turn. */
  record Held(String node) implements Reply {}

  /** What each of several requests is answered. */
  record Several(List<byte[]> replies) implements Reply {}

  /** What became of forwarded commands. */
  record Decided(Forwarder.Decided decided) implements Reply {}

  /** This node does not decide the forwarded commands, or cannot say what became of them. */
  record Undecided() implements Reply {}

  /** This node does not lead. */
  record NotLeading() implements Reply {}

  /** How far the log was applied. */
  record Index(long index) implements Reply {}

  /** In which term this node is. */
  record Term(long term) implements Reply {}

  /**
   * How a node is doing in a group; indexes are those of its Raft log.
   *
   * @param groups how many there are
   * @param leader empty if it knows of none
   * @param members addresses by name
   * @param begin of what its Raft log holds
   * @param synced of what its Raft log holds, the last entry that withstands a power cut
   * @param committed as far as it knows
   * @param lives who has ever joined
   * @param ends of the partitions
   */
  record Status(
      String node,
      int groups,
      String role,
      long term,
      String leader,
      Map<String, String> members,
      long begin,
      long synced,
      long committed,
      long applied,
      Map<String, UUID> lives,
      Map<String, Long> ends)
      implements Reply {}

  /** A copy is being made. */
  record Preparing() implements Reply {}

  /**
   * A copy was made.
   *
   * @param index of the last entry that is in the image of the catalog
   */
  record Prepared(long term, long index) implements Reply {}

  /**
   * A piece of a file.
   *
   * @param last whether the file ends with it
   */
  record Piece(byte[] bytes, boolean last) implements Reply {}

  /** It is not known yet; to be asked again. */
  record UnderWay() implements Reply {}
}
