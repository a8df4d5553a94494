package dev.espora.db.file;

import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskFile;
import dev.espora.db.tools.Condition;
import dev.espora.db.tools.DatabaseStat;
import dev.espora.db.tools.PartitionStat;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Says what there is in a database. */
final class Survey {
  private final DatabaseView database;

  Survey(DatabaseView database) {
    this.database = database;
  }

  DatabaseStat stat(Optional<String> only) throws IOException {
    FileJournals.checkIdentity(
        database.disk(), database.directory().resolve(FileJournals.IDENTITY));
    Session.Facts facts = database.facts();
    boolean alive = database.isAlive();
    List<PartitionStat> partitions = new ArrayList<>();
    boolean interrupted = false;
    for (String name : only.map(List::of).orElse(database.partitions())) {
      try (PartitionView view = database.wholePartition(name)) {
        partitions.add(partition(view));
        interrupted |= view.condition() == Condition.INTERRUPTED;
      }
    }
    Condition dead = interrupted ? Condition.INTERRUPTED : Condition.CLOSED;
    return new DatabaseStat(
        database.directory(),
        FileKind.VERSION,
        alive ? Condition.OPEN : dead,
        facts.durability(),
        unlessZero(facts.poisonedBy()),
        List.copyOf(partitions));
  }

  private PartitionStat partition(PartitionView view) throws IOException {
    LogPoint end = view.end();
    Control control = view.control();
    Segment first = view.segments().at(view.first());
    boolean open = view.condition() == Condition.OPEN;
    long segmentBytes = 0;
    for (Segment segment : view.opened().values()) {
      segmentBytes += segment.file().size();
    }
    return new PartitionStat(
        view.name(),
        view.meta().kind(),
        view.condition(),
        view.meta().schemas(),
        view.meta().schema(),
        view.first(),
        end.position(),
        Math.min(control.durable(), end.position()),
        end.sequence() - first.header().sequence(),
        view.opened().size(),
        segmentBytes,
        snapshot(view),
        bytes(database.disk(), view.directory()),
        open ? OptionalLong.of(control.openers()) : OptionalLong.empty(),
        open ? unlessZero(control.holder()) : OptionalLong.empty());
  }

  private static OptionalLong unlessZero(long number) {
    return number == 0 ? OptionalLong.empty() : OptionalLong.of(number);
  }

  private Optional<PartitionStat.SnapshotStat> snapshot(PartitionView view) throws IOException {
    if (view.snapshots().isEmpty()) {
      return Optional.empty();
    }
    PartitionView.StoredSnapshot newest = view.snapshots().getLast();
    long bytes = bytesOfFile(database.disk(), newest.path());
    return Optional.of(new PartitionStat.SnapshotStat(newest.at().position(), bytes));
  }

  /** Bytes of the files in a directory. */
  static long bytes(Disk disk, Path directory) throws IOException {
    long bytes = 0;
    for (String name : disk.list(directory)) {
      Path path = directory.resolve(name);
      bytes += disk.isDirectory(path) ? bytes(disk, path) : bytesOfFile(disk, path);
    }
    return bytes;
  }

  private static long bytesOfFile(Disk disk, Path path) throws IOException {
    try (DiskFile file = disk.open(path)) {
      return file.size();
    } catch (NoSuchFileException e) {
      return 0; // gone meanwhile
    }
  }
}
