package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import dev.espora.db.disk.Disk;
import dev.espora.db.tools.Condition;
import dev.espora.db.tools.Progress;
import dev.espora.db.tools.Verification;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Checks every file of a database. What recovery would refuse is damage; what it would put in order
 * is a notice. Where a process has the database open, or opens it meanwhile, whatever looks damaged
 * is looked at again until it stays the same.
 */
final class Verifier {
  /** As often as somebody may compact, open or close while one partition is read. */
  private static final int ATTEMPTS = 20;

  private static final Set<String> KNOWN =
      Set.of(
          FileJournals.IDENTITY,
          FileJournals.PARTITIONS,
          Session.CONTROL,
          Session.OPENING,
          Session.ALIVE,
          "up.lock");

  private static final Set<String> KNOWN_IN_PARTITION =
      Set.of(PartitionMeta.FILE, FileJournals.CONTROL, FileJournals.LOCK);

  private final DatabaseView database;
  private final Disk disk;
  private final Path directory;
  private final Progress progress;

  Verifier(DatabaseView database, Progress progress) {
    this.database = database;
    this.disk = database.disk();
    this.directory = database.directory();
    this.progress = progress;
  }

  Verification verify(Optional<String> only) throws IOException {
    Findings findings = new Findings(progress, Survey.bytes(disk, directory));
    if (only.isPresent()) {
      database.requirePartition(only.get());
      verifyPartition(only.get(), findings);
      return findings.result();
    }
    verifyDatabase(findings);
    for (String name : disk.list(database.partitionsDirectory())) {
      Path place = database.partitionsDirectory().resolve(name);
      if (DatabaseView.isTemporary(name)) {
        findings.notice(place, "a partition whose creation was cut short");
      } else if (!disk.isDirectory(place)) {
        findings.damage(place, 0, "it is no directory; symbolic links are not followed");
      } else {
        verifyPartition(name, findings);
      }
    }
    return findings.result();
  }

  private void verifyDatabase(Findings findings) throws IOException {
    Path identity = directory.resolve(FileJournals.IDENTITY);
    check(identity, findings, () -> FileJournals.checkIdentity(disk, identity));
    Path control = directory.resolve(Session.CONTROL);
    check(
        control,
        findings,
        () -> {
          Session.Facts facts = database.facts();
          if (facts.poisonedBy() != 0) {
            findings.notice(
                control,
                "a write or sync of process " + facts.poisonedBy() + " failed in this session");
          }
        });
    for (String lock : List.of(Session.OPENING, Session.ALIVE)) {
      requireFile(directory.resolve(lock), findings);
    }
    for (String name : disk.list(directory)) {
      if (!KNOWN.contains(name)) {
        unknown(directory.resolve(name), findings);
      }
    }
  }

  private static void check(Path file, Findings findings, Storage.Action action) {
    try {
      action.run();
    } catch (NoSuchFileException e) {
      findings.damage(file, 0, "it is missing");
    } catch (DatabaseException | IOException e) {
      findings.damage(file, e);
    }
  }

  private void requireFile(Path file, Findings findings) {
    if (!disk.exists(file)) {
      findings.damage(file, 0, "it is missing");
    }
  }

  private static void unknown(Path file, Findings findings) {
    boolean temporary = DatabaseView.isTemporary(String.valueOf(file.getFileName()));
    findings.notice(
        file, temporary ? "unfinished, the next opening deletes it" : "not a file of Espora's");
  }

  private void verifyPartition(String name, Findings findings) throws IOException {
    for (int i = 1; ; i++) {
      String before = state(name);
      Findings attempt = findings.attempt();
      attempt(name, attempt);
      if (attempt.damageCount() == 0 || i == ATTEMPTS || before.equals(state(name))) {
        findings.accept(attempt);
        return;
      }
    }
  }

  /** What changes if a partition is opened, closed or compacted. */
  private String state(String name) throws IOException {
    Path place = database.partitionsDirectory().resolve(name);
    List<String> names = disk.list(place);
    try {
      byte[] control = Storage.readAll(disk, place.resolve(FileJournals.CONTROL), Control.BYTES);
      return names + " " + Control.stage(control);
    } catch (DatabaseException | IOException e) {
      return names + " " + e.getMessage();
    }
  }

  private void attempt(String name, Findings findings) throws IOException {
    Path place = database.partitionsDirectory().resolve(name);
    requireFile(place.resolve(FileJournals.LOCK), findings);
    try (PartitionView view = database.partition(name)) {
      findings.damages(view.damages());
      unknownFiles(view, findings);
      findings.verified(new LogVerifier(view, findings).verify());
    } catch (NoSuchFileException e) {
      findings.damage(place.resolve(FileJournals.CONTROL), 0, "it is missing");
    } catch (DatabaseException | IOException e) {
      findings.damage(place, e);
    }
  }

  private void unknownFiles(PartitionView view, Findings findings) throws IOException {
    for (String name : disk.list(view.directory())) {
      Path file = view.directory().resolve(name);
      if (name.endsWith(Segments.SUFFIX)) {
        if (Segments.base(name, file) < view.first()) {
          findings.notice(file, "released, the next opening deletes it");
        }
      } else if (!KNOWN_IN_PARTITION.contains(name) && !name.endsWith(SnapshotFile.SUFFIX)) {
        boolean spare = DatabaseView.isTemporary(name);
        if (!spare || view.condition() != Condition.OPEN) {
          unknown(file, findings);
        }
      }
    }
  }
}
