package dev.espora.ratis;

import dev.espora.db.Forwarder;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** One batch on its way to its one place, in several entries if it is large. */
final class Submission {
  private final Group group;
  private final RatisNode node;
  private final String partition;
  private final long position;
  private final byte[] records;
  private final List<Forwarder.Answers> answers;
  private final UUID batch = UUID.randomUUID();

  Submission(
      Group group,
      RatisNode node,
      String partition,
      long position,
      byte[] records,
      List<Forwarder.Answers> answers) {
    this.group = group;
    this.node = node;
    this.partition = partition;
    this.position = position;
    this.records = records;
    this.answers = answers;
  }

  /**
   * Asks until the batch stands in its place, or something else does.
   *
   * @throws dev.espora.db.DatabaseException as {@link Group#ask} says
   */
  Reply run() {
    int parts = (records.length - 1) / Settings.PIECE_BYTES;
    while (true) {
      for (int index = 0; index < parts; index++) {
        ask(new Request.Part(partition, node.name(), batch, index, piece(index)));
      }
      Reply reply =
          ask(
              new Request.Append(
                  partition, position, node.name(), batch, parts, piece(parts), answers));
      if (!(reply instanceof Reply.PartsMissing)) {
        return reply;
      }
    }
  }

  private Reply ask(Request request) {
    return group.ask(request, Group.Way.ENTRY, node.patience());
  }

  private byte[] piece(int index) {
    int from = index * Settings.PIECE_BYTES;
    int to = Math.min(records.length, from + Settings.PIECE_BYTES);
    return from == 0 && to == records.length ? records : Arrays.copyOfRange(records, from, to);
  }
}
