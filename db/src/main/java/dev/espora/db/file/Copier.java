package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskFile;
import dev.espora.db.tools.Copy;
import dev.espora.db.tools.Progress;
import dev.espora.db.tools.Verification;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Copies a database: of each partition the log up to where it ended at one moment, which is durable
 * and checked in the copy before anybody is told that there is one.
 */
final class Copier {
  private static final int CHUNK = 1 << 20;

  private final Disk disk;
  private final DatabaseView source;
  private final Path output;
  private final Progress progress;
  private final List<Verification.Verified> verified = new ArrayList<>();
  private final byte[] buffer = new byte[CHUNK];
  private long total;
  private long done;

  Copier(Disk disk, DatabaseView source, Path output, Progress progress) {
    this.disk = disk;
    this.source = source;
    this.output = output;
    this.progress = progress;
  }

  /** Verifies everything, then copies it. */
  Copy restore() throws IOException {
    Verification verification = new Verifier(source, progress).verify(Optional.empty());
    if (!verification.isSound()) {
      throw corrupt(verification.damages().getFirst());
    }
    return backup();
  }

  Copy backup() throws IOException {
    Path identity = source.directory().resolve(FileJournals.IDENTITY);
    FileJournals.checkIdentity(source.disk(), identity);
    total = 2 * Survey.bytes(source.disk(), source.directory()); // written, and read again
    NewDatabase copy = NewDatabase.begin(disk, output, source.directory());
    try {
      for (String name : source.partitions()) {
        copyPartition(name, copy);
        verify(name);
      }
      copy.finish(Storage.readAll(source.disk(), identity, 64));
      return new Copy(output, List.copyOf(verified), Survey.bytes(disk, output));
    } catch (RuntimeException | Error | IOException e) {
      copy.abandon();
      throw e;
    }
  }

  private void copyPartition(String name, NewDatabase copy) throws IOException {
    try (PartitionView view = source.wholePartition(name)) {
      long end = view.end().position();
      PartitionMeta meta =
          source.meta(view.directory()); // whoever opened it may have added schemas
      Path place = copy.beginPartition(name);
      long last = view.first();
      for (Segment segment : view.opened().values()) {
        if (segment.base() < end || segment.base() == view.first()) {
          copySegment(segment, end, place);
          last = segment.base();
        }
      }
      long snapshot = 0;
      if (!view.snapshots().isEmpty()) {
        PartitionView.StoredSnapshot newest = view.snapshots().getLast();
        SnapshotFile.write(
            disk,
            place,
            meta.log(),
            newest.at(),
            newest.content().schema(),
            newest.content().parts().iterator());
        snapshot = newest.at().position();
      }
      copy.finishPartition(place, meta, new LogRange(view.first(), end), last, snapshot);
    }
  }

  /** The bytes up to the end of the log, and zeros as they were once. */
  private void copySegment(Segment segment, long end, Path place) throws IOException {
    long size = segment.limit() - segment.base() + SegmentHeader.BYTES;
    long filled = Math.min(size, segment.offset(end));
    try (DiskFile file = disk.create(place.resolve(segment.path().getFileName()))) {
      for (long at = 0; at < size; at += CHUNK) {
        int length = (int) Math.min(CHUNK, size - at);
        int wanted = Math.clamp(filled - at, 0, length);
        int read = segment.file().read(buffer, 0, wanted, at);
        Arrays.fill(buffer, read, length, (byte) 0);
        file.write(buffer, 0, length, at);
        report(length);
      }
      file.sync();
    }
  }

  private void report(long bytes) {
    done += bytes;
    progress.bytes(Math.min(done, total), total);
  }

  /** Reads the copy; what is wrong in it was wrong before. */
  private void verify(String name) throws IOException {
    long before = done;
    Progress onwards =
        (bytes, _) -> {
          done = before;
          report(bytes);
        };
    Verification copied =
        new Verifier(new DatabaseView(disk, output), onwards).verify(Optional.of(name));
    if (!copied.isSound()) {
      Verification.Damage damage = copied.damages().getFirst();
      Path file = source.directory().resolve(output.relativize(damage.file()));
      throw corrupt(new Verification.Damage(file, damage.offset(), damage.problem()));
    }
    verified.addAll(copied.partitions());
  }

  private static DatabaseException.Corrupt corrupt(Verification.Damage damage) {
    return new DatabaseException.Corrupt(damage.file(), damage.offset(), damage.problem());
  }
}
