package dev.espora.ratis;

import dev.espora.db.PartitionKind;
import java.util.List;
import java.util.Optional;

/** What a {@link Request} is answered. That something is refused is an answer, too. */
sealed interface Reply {

  /** It is so. */
  record Done() implements Reply {}

  /** It is not so, and nothing was changed. */
  record Refused(String why) implements Reply {}

  /** The partition ends elsewhere: the batch will never take effect. */
  record Overtaken(long end) implements Reply {}

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

  /** This node does not lead. */
  record NotLeading() implements Reply {}

  /** How far the log was applied. */
  record Index(long index) implements Reply {}

  /** In which term this node is. */
  record Term(long term) implements Reply {}
}
