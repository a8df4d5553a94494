package dev.espora.fuzz;

import dev.espora.db.DatabaseException;
import dev.espora.db.file.FileTools;
import dev.espora.db.file.Forger;
import dev.espora.db.tools.DatabaseTools;
import dev.espora.db.tools.Progress;
import dev.espora.db.tools.RecordCursor;
import dev.espora.db.tools.StoredRecord;
import dev.espora.fuzz.StoredDatabases.Kind;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A database one of whose files was damaged: what rot and misplaced blocks do to it is refused or
 * harmless, so that either everything is read as it was written or a {@link DatabaseException}
 * tells; what somebody forged, checksums and all, may be read as something else, but nothing but
 * that exception ever comes out of it.
 */
final class DamagedFile {
  private static final List<Kind> KINDS = List.of(Kind.values());
  private static final Map<Kind, MapDisk> WRITTEN = new EnumMap<>(Kind.class);
  private static final Map<Kind, List<Object>> EXPECTED = new EnumMap<>(Kind.class);

  static {
    for (Kind kind : Kind.values()) {
      MapDisk disk = StoredDatabases.written(kind);
      WRITTEN.put(kind, disk);
      EXPECTED.put(kind, StoredDatabases.read(disk.copy(), kind));
    }
  }

  private DamagedFile() {}

  static void check(Choices choices, Predicate<String> names) {
    Kind kind = KINDS.get(choices.below(KINDS.size()));
    MapDisk disk = written(kind);
    List<Path> files =
        disk.files().stream()
            .filter(file -> names.test(file.getFileName().toString()))
            .filter(file -> disk.bytes(file).length > 0)
            .toList();
    if (files.isEmpty()) {
      return;
    }
    Path file = files.get(choices.below(files.size()));
    byte[] bytes = disk.bytes(file);
    boolean forged = choices.nextBoolean();
    if (forged) {
      bytes = forged(bytes, choices);
      Forger.forge(file.getFileName().toString(), bytes);
    } else {
      bytes = rotten(bytes, choices);
    }
    disk.replace(file, bytes);
    inspect(disk.copy());
    try {
      List<Object> read = StoredDatabases.read(disk, kind);
      if (!forged && !read.equals(EXPECTED.get(kind))) {
        throw new AssertionError(file + " was damaged, and something else is read: " + read);
      }
    } catch (DatabaseException e) {
      // as promised
    }
  }

  private static MapDisk written(Kind kind) {
    MapDisk disk = WRITTEN.get(kind);
    if (disk == null) {
      throw new IllegalStateException("no " + kind);
    }
    return disk.copy();
  }

  /** One accident: a burst that every CRC32C notices, or a piece lost, emptied or misplaced. */
  private static byte[] rotten(byte[] bytes, Choices choices) {
    byte[] rotten = bytes.clone();
    int at = choices.below(bytes.length);
    int length = Math.min(bytes.length - at, 1 + choices.below(4_096));
    switch (choices.below(5)) {
      case 0 -> {
        byte[] burst = choices.take(4);
        for (int i = 0; i < burst.length && at + i < bytes.length; i++) {
          rotten[at + i] ^= burst[i];
        }
      }
      case 1 -> rotten = Arrays.copyOf(rotten, at);
      case 2 -> Arrays.fill(rotten, at, at + length, (byte) 0);
      case 3 -> System.arraycopy(bytes, bytes.length - length, rotten, at, length);
      default -> {
        int sector = at & -512;
        int from = choices.below(bytes.length) & -512;
        int count = Math.min(512, bytes.length - Math.max(sector, from));
        System.arraycopy(bytes, from, rotten, sector, count);
      }
    }
    return rotten;
  }

  /** Any edits at all. */
  private static byte[] forged(byte[] bytes, Choices choices) {
    byte[] forged = bytes.clone();
    for (int edits = 1 + choices.below(4); edits > 0 && forged.length > 0; edits--) {
      // Most edits where numbers stand: in the beginning or at the end.
      int at =
          switch (choices.below(3)) {
            case 0 -> choices.next();
            case 1 -> forged.length - 1 - choices.next();
            default -> choices.below(forged.length);
          };
      at = Math.clamp(at, 0, forged.length - 1);
      if (choices.below(16) == 0) {
        forged = Arrays.copyOf(forged, at);
      } else {
        byte[] edit = choices.take(1 + choices.below(8));
        System.arraycopy(edit, 0, forged, at, Math.min(edit.length, forged.length - at));
      }
    }
    return forged;
  }

  private static void inspect(MapDisk disk) {
    DatabaseTools tools = new FileTools(disk, StoredDatabases.DIRECTORY);
    Progress ignored = (_, _) -> {};
    quietly(() -> tools.stat(Optional.empty()));
    quietly(() -> tools.verify(Optional.empty(), ignored));
    quietly(() -> tools.salvage(Path.of("/salvaged"), ignored));
    quietly(() -> {
      for (String partition : tools.partitions()) {
        try (RecordCursor records = tools.records(partition, 0)) {
          Optional<StoredRecord> next = records.next();
          while (next.isPresent()) {
            next = records.next();
          }
        }
      }
    });
  }

  private static void quietly(Runnable tool) {
    try {
      tool.run();
    } catch (DatabaseException e) {
      // as promised
    }
  }
}
