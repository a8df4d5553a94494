package dev.espora.db.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Options;
import dev.espora.db.Store;
import dev.espora.db.tools.Copy;
import dev.espora.db.tools.Progress;
import dev.espora.db.tools.RecordCursor;
import dev.espora.testkit.disk.Faults;
import dev.espora.testkit.disk.Operation;
import dev.espora.testkit.disk.SimulatedDisk;
import dev.espora.testkit.disk.SimulatedProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The tools look at a database while other processes go on with it: whatever these do between any
 * two steps of a look, nothing looks damaged, and nothing is missing that there was before.
 */
class ViewRacesTest {
  private static final Path OUTPUT = Path.of("/backup");

  /** A disk, and what has a database on it open. */
  private static final class Site implements AutoCloseable {
    private final SimulatedDisk disk = new SimulatedDisk();
    private final List<Database> open = new ArrayList<>();

    Database open() {
      Database db = Databases.open(disk);
      open.add(db);
      return db;
    }

    /** What was opened first and stays open. */
    Database db() {
      return open.getFirst();
    }

    @Override
    public void close() {
      open.forEach(Database::close);
    }
  }

  /**
   * A database with one partition, and what becomes of it.
   *
   * @param records that it has at least, before anybody looks and for as long as somebody does
   * @param begin makes what there is before
   * @param goOn what happens while somebody looks
   */
  private record Scene(
      String name, String partition, long records, Consumer<Site> begin, Consumer<Site> goOn) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final List<Scene> ALIVE =
      List.of(
          new Scene(
              "a batch that the segment has no room for begins the next one",
              "rows",
              2,
              site -> Databases.append(site.open(), 0, 2, 25_000),
              site -> Databases.append(site.db(), 2, 1, 25_000)),
          new Scene(
              "another process stores a snapshot as it closes, and releases the log before it",
              "adder",
              0,
              site -> Databases.add(site.open(), 0, 12, 9_000),
              site -> addAndClose(site, 12)),
          new Scene(
              "a process is killed when it has replaced a snapshot, and released nothing yet",
              "adder",
              1,
              site -> {
                Database db = site.open();
                addAndClose(site, 0);
                Databases.add(db, 12, 1, 10);
              },
              ViewRacesTest::dieAfterReplacingASnapshot),
          new Scene(
              "compaction moves entries and releases the beginning of the log",
              "texts",
              10,
              site -> {
                site.open();
                filled(site);
                filled(site);
              },
              site -> assertThat(filled(site).compact()).isPositive()));

  private static final List<Scene> OPENED =
      List.of(
          new Scene(
              "what a process left that was killed is recovered by the next one, which goes on",
              "rows",
              2,
              ViewRacesTest::dieBeforeASync,
              site -> Databases.append(site.open(), 3, 1, 25_000)),
          new Scene(
              "a program that writes another schema opens a database that nobody had open",
              "rows",
              2,
              site -> {
                try (Database db = Databases.open(site.disk)) {
                  Databases.append(db, 0, 2, 25_000);
                }
              },
              site ->
                  site.open()
                      .log("rows", Noted.class)
                      .append(new Noted(2, new byte[25_000], Optional.of("of another kind")))));

  /** A row of another schema than {@link Databases} writes. */
  record Noted(long number, byte[] padding, Optional<String> note) {}

  private static void addAndClose(Site site, int first) {
    try (Database other = Databases.open(site.disk)) {
      Databases.add(other, first, 12, 9_000);
    }
  }

  private static void dieAfterReplacingASnapshot(Site site) {
    SimulatedProcess other = site.disk.process("other");
    boolean[] replaced = new boolean[1];
    site.disk.setFaults(operation -> {
      if (!operation.process().equals(other.name())) {
        return Faults.Outcome.PROCEED;
      }
      boolean snapshot = operation.path().toString().endsWith(SnapshotFile.SUFFIX);
      boolean dies = replaced[0];
      replaced[0] |= snapshot && operation.kind() == Operation.Kind.DELETE;
      return dies ? Faults.Outcome.KILL : Faults.Outcome.PROCEED;
    });
    try (Database db = Database.open(other.medium(), Options.DEFAULTS)) {
      Databases.add(db, 13, 12, 9_000);
    } catch (DatabaseException e) {
      // its end
    }
    assertThat(other.isKilled()).isTrue();
  }

  private static void dieBeforeASync(Site site) {
    SimulatedProcess victim = site.disk.process("victim");
    try (Database db = Database.open(victim.medium(), Options.DEFAULTS)) {
      Databases.append(db, 0, 2, 25_000);
      site.disk.setFaults(Faults.next(Operation.Kind.SYNC, Faults.Outcome.KILL));
      Databases.append(db, 2, 1, 10); // written, and not acknowledged
    } catch (CompletionException | DatabaseException e) {
      // its end
    }
    assertThat(victim.isKilled()).isTrue();
  }

  private static Store<Integer, String> filled(Site site) {
    Store<Integer, String> store = site.db().store("texts", Integer.class, String.class);
    for (int i = 0; i < 10; i++) {
      store.put(i, "x".repeat(9_000));
    }
    return store;
  }

  /** What looks, and asserts that what it sees is sound. */
  private interface Look {
    void at(Scene scene, SimulatedProcess process) throws IOException;
  }

  private static FileTools tools(SimulatedProcess process) {
    return new FileTools(process.disk(), Databases.DIRECTORY);
  }

  private static void verify(Scene scene, SimulatedProcess process) {
    assertThat(tools(process).verify(Optional.empty(), Progress.NONE).damages()).isEmpty();
  }

  /** Without looking again where something looks damaged. */
  private static void verifyOnce(Scene scene, SimulatedProcess process) throws IOException {
    DatabaseView database = new DatabaseView(process.disk(), Databases.DIRECTORY);
    try (PartitionView partition = database.partition(scene.partition())) {
      Findings findings = new Findings(Progress.NONE, 1);
      findings.damages(partition.damages());
      assertThat(new LogVerifier(partition, findings).verify().records())
          .isGreaterThanOrEqualTo(scene.records());
      assertThat(findings.result().damages()).isEmpty();
    }
  }

  private static void backUp(Scene scene, SimulatedProcess process) {
    Copy copy = tools(process).backup(OUTPUT, Progress.NONE);
    assertThat(copy.partitions().getFirst().records()).isGreaterThanOrEqualTo(scene.records());
  }

  private static void stat(Scene scene, SimulatedProcess process) {
    assertThat(tools(process).stat(Optional.empty()).partitions().getFirst().events())
        .isGreaterThanOrEqualTo(scene.records());
  }

  private static void dump(Scene scene, SimulatedProcess process) {
    long records = 0;
    try (RecordCursor cursor = tools(process).records(scene.partition(), 0)) {
      while (cursor.next().isPresent()) {
        records++;
      }
    }
    assertThat(records).isGreaterThanOrEqualTo(scene.records());
  }

  private static void assertSound(List<Scene> scenes, Look look) throws Exception {
    for (Scene scene : scenes) {
      int moments = 0;
      while (isLookedAt(scene, look, moments)) {
        moments++;
      }
      assertThat(moments).as("moments of %s", scene).isGreaterThan(10);
    }
  }

  /** Lets things go on at one moment of a look; returns whether there was such a moment. */
  private static boolean isLookedAt(Scene scene, Look look, int moment) throws Exception {
    try (Site site = new Site()) {
      scene.begin().accept(site);
      GoingOn goingOn = new GoingOn(moment, () -> scene.goOn().accept(site));
      site.disk.setFaults(goingOn);
      try {
        look.at(scene, site.disk.process("tool"));
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(scene + " before " + goingOn.when, e);
      }
      return goingOn.when != null;
    }
  }

  /**
   * Does something just before the operation of a number, of those that the tool makes within
   * partitions: it holds no lock there that anybody waits for.
   */
  private static final class GoingOn implements Faults {
    private final Runnable what;
    private int left;
    private @Nullable Operation when;

    GoingOn(int moment, Runnable what) {
      this.left = moment;
      this.what = what;
    }

    @Override
    public Outcome before(Operation operation) {
      if (operation.process().equals("tool")
          && operation.path().startsWith(Databases.PARTITIONS)
          && left-- == 0) {
        when = operation;
        what.run();
      }
      return Outcome.PROCEED;
    }
  }

  @Test
  void besideAWriterEachLookIsAtOneMoment() throws Exception {
    assertSound(ALIVE, ViewRacesTest::verifyOnce);
  }

  @Test
  void aBackupBesideAWriterIsOfOneMoment() throws Exception {
    assertSound(ALIVE, ViewRacesTest::backUp);
  }

  @Test
  void statAndDumpBesideAWriterFindItsEnd() throws Exception {
    assertSound(ALIVE, ViewRacesTest::stat);
    assertSound(ALIVE, ViewRacesTest::dump);
  }

  @Test
  void whoOpensTheDatabaseMeanwhileIsNoDamage() throws Exception {
    assertSound(OPENED, ViewRacesTest::verify);
    assertSound(OPENED, ViewRacesTest::backUp);
    assertSound(OPENED, ViewRacesTest::stat);
    assertSound(OPENED, ViewRacesTest::dump);
  }
}
