package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import dev.espora.db.PartitionKind;
import dev.espora.db.tools.Condition;
import dev.espora.db.tools.Verification;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks a partition's snapshots, and its log batch by batch from where it begins. Not safe for use
 * by several threads.
 */
final class LogVerifier {
  private static final int READ_AHEAD = 1 << 20;

  private final PartitionView partition;
  private final Findings findings;
  private final BatchReader reader;
  private final Map<Long, PartitionView.StoredSnapshot> expected = new HashMap<>();
  private final List<Segment> segments;
  private final long statedEnd;
  private long batches;
  private long records;

  LogVerifier(PartitionView partition, Findings findings) {
    this.partition = partition;
    this.findings = findings;
    this.reader = new BatchReader(partition.meta().log(), READ_AHEAD);
    this.statedEnd = partition.statedEnd();
    this.segments = new ArrayList<>(partition.opened().values());
    if (partition.condition() == Condition.OPEN) {
      // what is begun behind the end is nobody's business yet
      segments.removeIf(
          segment -> segment.base() >= statedEnd && segment.base() > partition.first());
    }
  }

  Verification.Verified verify() throws IOException {
    verifySnapshots();
    LogPoint end = null;
    Segment before = null;
    for (Segment segment : segments) {
      checkHeader(segment, before, end);
      end = scan(segment);
      before = segment;
    }
    if (before == null || end == null || segments.getFirst().base() != partition.first()) {
      findings.damages(List.of(missingFirst()));
      return verified(end == null ? partition.first() : end.position());
    }
    checkEnd(before, end);
    for (PartitionView.StoredSnapshot snapshot : expected.values()) {
      findings.damage(snapshot.path(), 16, "no batch ends at position " + snapshot.at().position());
    }
    return verified(end.position());
  }

  private Verification.Verified verified(long end) {
    return new Verification.Verified(partition.name(), partition.first(), end, batches, records);
  }

  private Verification.Damage missingFirst() {
    DatabaseException.Corrupt missing = partition.segments().missing(partition.first());
    return new Verification.Damage(missing.file(), missing.offset(), missing.problem());
  }

  // --- snapshots

  private void verifySnapshots() {
    long newest = 0;
    for (PartitionView.StoredSnapshot snapshot : partition.snapshots()) {
      long position = snapshot.at().position();
      if (!snapshot.name().equals(SnapshotFile.name(position))) {
        findings.damage(snapshot.path(), 16, "it is of position " + position);
      }
      try {
        snapshot.content().parts().iterator().forEachRemaining(part -> findings.read(part.length));
      } catch (DatabaseException e) {
        findings.damage(snapshot.path(), e);
      }
      newest = Math.max(newest, position);
      if (position > partition.first()) {
        expected.put(position, snapshot);
      }
    }
    checkNewest(newest);
  }

  private void checkNewest(long newest) {
    Path directory = partition.directory();
    long stated = partition.statedSnapshot();
    if (newest < stated) {
      findings.damage(directory.resolve(SnapshotFile.name(stated)), 0, "it is missing");
    } else if (partition.meta().kind() != PartitionKind.STORE && newest < partition.first()) {
      findings.damage(
          directory,
          0,
          "the snapshot is missing that stands for the log before " + partition.first());
    }
  }

  /** A snapshot may have been taken on either side of the border between two segments. */
  private void compare(LogPoint at) {
    PartitionView.StoredSnapshot snapshot = expected.get(at.position());
    if (snapshot != null && snapshot.at().equals(at)) {
      expected.remove(at.position());
    }
  }

  // --- the log

  private void checkHeader(Segment segment, @Nullable Segment before, @Nullable LogPoint end)
      throws IOException {
    long size = segment.file().size();
    if (size < segment.header().capacity()) {
      findings.damage(
          segment.path(),
          size,
          "it has " + size + " bytes instead of " + segment.header().capacity());
    }
    if (before == null || end == null) {
      return;
    }
    if (segment.header().previous() != before.base()) {
      findings.damages(List.of(damage(partition.segments().missing(segment.header().previous()))));
    } else if (end.position() != segment.base()) {
      findings.damage(before.path(), before.offset(end.position()), broken());
    } else if (!segment.header().follows(end)) {
      findings.damage(segment.path(), 0, "the segment does not follow the one before it");
    } else {
      checkZeros(before, end.position());
    }
  }

  private static Verification.Damage damage(DatabaseException.Corrupt e) {
    return new Verification.Damage(e.file(), e.offset(), e.problem());
  }

  private String broken() {
    String problem = reader.problem();
    return problem == null ? "nothing is there, though the log goes on" : problem;
  }

  private void checkZeros(Segment segment, long end) throws IOException {
    long offset = Recovery.leftBehind(segment, end);
    if (offset >= 0) {
      findings.damage(segment.path(), offset, "something lies behind the last batch");
    }
  }

  /** Reads the batches of a segment, and returns where that ends. */
  private LogPoint scan(Segment segment) throws IOException {
    LogPoint at = segment.header().start();
    compare(at);
    long limit = segment.limit();
    if (partition.condition() == Condition.OPEN) {
      limit = Math.min(limit, statedEnd);
    }
    while (reader.readAt(segment, at, limit) == BatchReader.Found.BATCH) {
      checkSchemas(segment);
      LogPoint next = reader.next();
      batches++;
      records += next.sequence() - at.sequence();
      findings.read(next.position() - at.position());
      at = next;
      compare(at);
    }
    return at;
  }

  private void checkSchemas(Segment segment) {
    reader.forEach((position, schema, _) -> {
      if (schema < 0 || schema >= Storage.call(() -> partition.knownSchemas(schema))) {
        findings.damage(
            segment.path(), segment.offset(position), "schema " + schema + " is not known");
      }
    });
  }

  private void checkEnd(Segment last, LogPoint end) throws IOException {
    switch (partition.condition()) {
      case OPEN -> {
        if (end.position() != statedEnd) {
          findings.damage(last.path(), last.offset(end.position()), broken());
        }
      }
      case CLOSED -> {
        if (end.position() != statedEnd) {
          findings.damage(
              last.path(),
              last.offset(end.position()),
              "the log ends here, not at position "
                  + statedEnd
                  + " as when it was closed; "
                  + broken());
        } else {
          checkZeros(last, end.position());
        }
      }
      case INTERRUPTED -> checkTornEnd(last, end);
    }
  }

  /** As recovery decides whether an end is torn or damaged. */
  private void checkTornEnd(Segment last, LogPoint end) throws IOException {
    long witnessed = partition.control().durable();
    for (PartitionView.StoredSnapshot snapshot : partition.snapshots()) {
      witnessed = Math.max(witnessed, snapshot.at().position());
    }
    long offset = last.offset(end.position());
    if (end.position() < witnessed) {
      findings.damage(
          last.path(),
          offset,
          "the log was durable up to position " + witnessed + " once; " + broken());
    } else if (Recovery.durableMarkBehind(last, partition.meta().log(), end.position()) >= 0) {
      findings.damage(
          last.path(),
          offset,
          "a later batch says that this was durable when it was written; " + broken());
    } else if (Recovery.leftBehind(last, end.position()) >= 0) {
      findings.notice(
          last.path(),
          "an unfinished batch from byte " + offset + " on, which the next opening wipes");
    }
  }
}
