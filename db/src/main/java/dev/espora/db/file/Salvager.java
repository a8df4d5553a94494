package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import dev.espora.db.Journal;
import dev.espora.db.PartitionKind;
import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskFile;
import dev.espora.db.tools.Progress;
import dev.espora.db.tools.Salvage;
import dev.espora.db.tools.Verification;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes every batch of a damaged database that is still whole into a new one. Batches are chained
 * anew, so positions shift behind what is left out.
 */
final class Salvager {
  private final Disk disk;
  private final DatabaseView source;
  private final Path output;
  private final Progress progress;
  private final List<Salvage.Saved> saved = new ArrayList<>();
  private final List<Salvage.Dropped> dropped = new ArrayList<>();

  Salvager(Disk disk, DatabaseView source, Path output, Progress progress) {
    this.disk = disk;
    this.source = source;
    this.output = output;
    this.progress = progress;
  }

  Salvage salvage() throws IOException {
    if (source.isAlive()) {
      throw new DatabaseException.Busy(
          source.directory() + " is open in a process: end it first, or verify that it is damaged");
    }
    Findings read = new Findings(progress, Survey.bytes(source.disk(), source.directory()));
    NewDatabase copy = NewDatabase.begin(disk, output, source.directory());
    try {
      for (String name : source.partitions()) {
        salvagePartition(name, copy, read);
      }
      copy.finish(NewDatabase.newIdentity());
      Verification verification =
          new Verifier(new DatabaseView(disk, output), Progress.NONE).verify(Optional.empty());
      if (!verification.isSound()) {
        Verification.Damage damage = verification.damages().getFirst();
        throw new DatabaseException.Corrupt(
            damage.file(), damage.offset(), "what was salvaged is not sound: " + damage.problem());
      }
      return new Salvage(output, List.copyOf(saved), List.copyOf(dropped));
    } catch (RuntimeException | Error | IOException e) {
      copy.abandon();
      throw e;
    }
  }

  private void salvagePartition(String name, NewDatabase copy, Findings read) throws IOException {
    Path from = source.partitionsDirectory().resolve(name);
    PartitionMeta meta = meta(from);
    if (meta == null) {
      return;
    }
    try (LogSalvage log = new LogSalvage(source.disk(), from, meta, dropped, read)) {
      Journal.Snapshot snapshot =
          meta.kind() == PartitionKind.MACHINE ? newestSnapshot(from, meta) : null;
      write(name, copy, meta, log, snapshot);
    }
  }

  private void write(
      String name,
      NewDatabase copy,
      PartitionMeta meta,
      LogSalvage log,
      Journal.@Nullable Snapshot snapshot)
      throws IOException {
    Path place = copy.beginPartition(name);
    PartitionMeta anew =
        new PartitionMeta(
            new SecureRandom().nextLong(), meta.kind(), meta.schemas(), meta.schema());
    LogPoint old = snapshot == null ? null : (LogPoint) snapshot.at();
    try (LogWriter writer = new LogWriter(disk, place, anew.log(), log.begin(meta.kind(), old))) {
      LogPoint[] reached = new LogPoint[1]; // where the snapshot belongs in the new log
      log.scan((position, batch) -> {
        if (old != null && reached[0] == null && position >= old.position()) {
          reached[0] = writer.at();
        }
        writer.append(batch);
      });
      writer.finish();
      OptionalLong carried = OptionalLong.empty();
      if (snapshot != null) {
        LogPoint at = reached[0] == null ? writer.at() : reached[0];
        SnapshotFile.write(
            disk, place, anew.log(), at, snapshot.schema(), snapshot.parts().iterator());
        carried = OptionalLong.of(at.position());
      }
      copy.finishPartition(
          place,
          anew,
          new LogRange(writer.begin(), writer.at().position()),
          writer.last(),
          carried.orElse(0));
      saved.add(new Salvage.Saved(name, meta.kind(), writer.batches(), writer.records(), carried));
    }
  }

  /** The schemas, without which no record can be read; one flipped bit is put right. */
  private @Nullable PartitionMeta meta(Path place) throws IOException {
    Path file = place.resolve(PartitionMeta.FILE);
    try {
      return source.meta(place);
    } catch (DatabaseException damage) {
      byte[] bytes =
          source.disk().exists(file)
              ? Storage.readAll(source.disk(), file, PartitionMeta.MOST_BYTES)
              : new byte[0];
      PartitionMeta repaired = repaired(bytes, file);
      if (repaired == null) {
        drop(place, 0, 0, "the schemas are lost, so no record can be read: " + damage.getMessage());
      }
      return repaired;
    }
  }

  private static @Nullable PartitionMeta repaired(byte[] bytes, Path file) {
    for (int bit = 0; bit < 8L * bytes.length; bit++) {
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        return PartitionMeta.decode(bytes, file);
      } catch (DatabaseException e) {
        bytes[bit / 8] ^= (byte) (1 << bit % 8);
      }
    }
    return null;
  }

  /** The newest snapshot of which every byte is valid. */
  private Journal.@Nullable Snapshot newestSnapshot(Path place, PartitionMeta meta)
      throws IOException {
    for (String name : SnapshotFile.names(source.disk(), place).reversed()) {
      Path file = place.resolve(name);
      try {
        Journal.Snapshot snapshot = SnapshotFile.open(source.disk(), file, meta.log());
        snapshot.parts().iterator().forEachRemaining(_ -> {});
        return snapshot;
      } catch (DatabaseException | IOException e) {
        Verification.Damage damage = PartitionView.damage(file, e);
        try (DiskFile whole = source.disk().open(file)) {
          drop(file, 0, whole.size(), damage.problem());
        }
      }
    }
    return null;
  }

  private void drop(Path file, long from, long to, String reason) {
    dropped.add(new Salvage.Dropped(file, from, to, reason));
  }
}
