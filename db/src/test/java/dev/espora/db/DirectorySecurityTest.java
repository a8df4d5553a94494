package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.espora.db.tools.DatabaseTools;
import dev.espora.db.tools.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may come in through the file system: nobody but the owner, and nothing by way of a link. */
class DirectorySecurityTest {
  private static final String PRIVATE_DIRECTORY = "rwx------";
  private static final String PRIVATE_FILE = "rw-------";

  @TempDir Path temporary;

  @BeforeEach
  void onlyWhereThereAreModesAndLinks() {
    assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
  }

  /** Everything that a database can make: run in a process of its own, under a umask. */
  static final class Maker {
    private Maker() {}

    public static void main(String[] arguments) throws IOException {
      Path root = Path.of(arguments[0]);
      Path data = root.resolve("parent/data");
      checkWhileOpen(data);
      DatabaseTools tools = DatabaseTools.at(data);
      var _ = tools.backup(root.resolve("copies/backup"), Progress.NONE);
      var _ =
          DatabaseTools.at(root.resolve("copies/backup"))
              .restore(root.resolve("restored"), Progress.NONE);
      var _ = tools.salvage(root.resolve("salvaged"), Progress.NONE);
      modes(root).forEach(IO::println);
    }

    /** Also what is there only for a while: spare segments, temporary files. */
    private static void checkWhileOpen(Path data) throws IOException {
      try (Database db = Database.open(data)) {
        Log<String> log = db.log("rows", String.class);
        Store<String, String> store = db.store("things", String.class, String.class);
        Partition<Counting.Total, Long, Long> counter = db.partition("sum", new Counting());
        for (int i = 0; i < 60; i++) {
          log.append("x".repeat(3_000));
          store.put("key " + i % 7, "x".repeat(3_000));
          counter.submit(1L);
        }
        store.compact();
        modes(data).forEach(IO::println);
      }
      Database.open(data).close();
    }

    private static List<String> modes(Path root) throws IOException {
      List<String> modes = new ArrayList<>();
      try (Stream<Path> paths = Files.walk(root)) {
        for (Path path : paths.filter(path -> !path.equals(root)).toList()) {
          String kind = Files.isDirectory(path) ? "directory " : "file ";
          var permissions = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
          modes.add(kind + PosixFilePermissions.toString(permissions) + " " + path);
        }
      }
      return modes;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"000", "077"})
  void whateverTheUmaskEverythingIsTheOwnersAlone(String umask) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("/bin/sh", "-c", "umask " + umask + "; exec \"$@\"", "sh"));
    command.addAll(OwnJvm.command(Maker.class, temporary));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as("%s", lines).isZero();
    assertThat(lines).hasSizeGreaterThan(60);
    assertThat(lines)
        .anyMatch(line -> line.endsWith(".snapshot"))
        .anyMatch(line -> line.contains("copies/backup/"))
        .allMatch(line ->
            line.startsWith("directory " + PRIVATE_DIRECTORY)
                || line.startsWith("file " + PRIVATE_FILE));
  }

  private Path written() {
    Path data = temporary.resolve("data");
    try (Database db = Database.open(data)) {
      db.log("rows", String.class).append("row");
      Partition<Counting.Total, Long, Long> counter = db.partition("sum", new Counting());
      counter.submit(1L);
    }
    Database.open(data).close();
    return data;
  }

  private static void read(Path data) {
    try (Database db = Database.open(data)) {
      assertThat(db.log("rows", String.class).rows().toList()).containsExactly("row");
      Partition<Counting.Total, Long, Long> counter = db.partition("sum", new Counting());
      assertThat(counter.state().sum()).isEqualTo(1);
    }
  }

  /**
   * The file is moved away and a link to it put in its place: all would work if it was followed.
   */
  @Test
  void aLinkInPlaceOfAnyFileOrDirectoryIsRefused() throws IOException {
    Path data = written();
    List<Path> all;
    try (Stream<Path> paths = Files.walk(data)) {
      all = paths.filter(path -> !path.equals(data)).toList();
    }
    assertThat(all).hasSizeGreaterThan(12);
    Path elsewhere = temporary.resolve("elsewhere");
    for (Path path : all) {
      Files.move(path, elsewhere);
      Files.createSymbolicLink(path, elsewhere);
      assertThatThrownBy(() -> read(data))
          .as("a link in place of %s", path)
          .isInstanceOf(DatabaseException.class)
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
      Files.delete(path);
      Files.move(elsewhere, path);
    }
    read(data);
  }

  @Test
  void linksInPlaceOfTemporaryFilesAreReplacedAndTheirTargetsLeftAlone() throws IOException {
    Path victim = Files.createDirectory(temporary.resolve("victim"));
    Path file = Files.writeString(victim.resolve("precious"), "precious");
    Path data = temporary.resolve("data");
    Database.open(data).close();
    Path partitions = data.resolve("partitions");
    Files.createSymbolicLink(partitions.resolve("rows.tmp"), victim);
    try (Database db = Database.open(data)) {
      assertThatThrownBy(() -> db.log("rows", String.class))
          .isInstanceOf(DatabaseException.Corrupt.class)
          .hasMessageContaining("symbolic links are not followed");
    }
    assertThat(file).hasContent("precious");
    Files.delete(partitions.resolve("rows.tmp"));
    try (Database db = Database.open(data)) {
      db.log("rows", String.class).append("row");
    }
    Files.createSymbolicLink(partitions.resolve("rows/partition.tmp"), file);
    Files.createSymbolicLink(partitions.resolve("rows/spare-1-1.tmp"), file);
    try (Database db = Database.open(data)) {
      assertThat(db.log("rows", String.class).size()).isEqualTo(1);
    }
    assertThat(file).hasContent("precious");
    assertThat(partitions.resolve("rows/spare-1-1.tmp")).doesNotExist();
  }

  @Test
  void aDirectoryOfPartitionsThatIsALinkIsNeverFilled() throws IOException {
    Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
    Path data = Files.createDirectory(temporary.resolve("data"));
    Files.createSymbolicLink(data.resolve("partitions"), elsewhere);
    assertThatThrownBy(() -> Database.open(data)).isInstanceOf(DatabaseException.class);
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void copiesAreNotWrittenThroughALink() throws IOException {
    Path data = written();
    Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
    Path link = Files.createSymbolicLink(temporary.resolve("link"), elsewhere);
    Path dangling =
        Files.createSymbolicLink(temporary.resolve("dangling"), temporary.resolve("nowhere"));
    for (Path target : List.of(link, dangling)) {
      DatabaseTools tools = DatabaseTools.at(data);
      for (Runnable copy :
          List.<Runnable>of(
              () -> tools.backup(target, Progress.NONE),
              () -> tools.restore(target, Progress.NONE),
              () -> tools.salvage(target, Progress.NONE))) {
        assertThatThrownBy(copy::run).isInstanceOf(DatabaseException.AlreadyExists.class);
      }
    }
    assertThat(elsewhere).isEmptyDirectory();
    assertThat(temporary.resolve("nowhere")).doesNotExist();
  }

  private static final List<String> NAMES_TO_REFUSE =
      List.of(
          "",
          ".",
          "..",
          "../rows",
          "/etc",
          "rows/",
          "rows/../rows",
          "./rows",
          "rows\0",
          "\0",
          "röws",
          "ROWS",
          "rows ",
          "rows\n",
          "rows.tmp",
          "%2e%2e",
          "..\\rows",
          "𝐫ows",
          "a".repeat(65));

  @Test
  void noNameLeadsOutOfTheDirectory() throws IOException {
    Path data = written();
    List<Path> before = tree();
    try (Database db = Database.open(data)) {
      for (String name : NAMES_TO_REFUSE) {
        for (Runnable open :
            List.<Runnable>of(
                () -> db.log(name, String.class),
                () -> db.store(name, String.class, String.class),
                () -> db.partition(name, new Counting()))) {
          assertThatThrownBy(open::run).isInstanceOf(DatabaseException.LimitExceeded.class);
        }
      }
    }
    DatabaseTools tools = DatabaseTools.at(data);
    for (String name : NAMES_TO_REFUSE) {
      for (Runnable look :
          List.<Runnable>of(
              () -> tools.stat(Optional.of(name)),
              () -> tools.verify(Optional.of(name), Progress.NONE),
              () -> tools.records(name, 0).close(),
              () -> tools.lastRecords(name, 1).close())) {
        assertThatThrownBy(look::run).isInstanceOf(DatabaseException.Missing.class);
      }
    }
    assertThat(tree()).isEqualTo(before);
  }

  private List<Path> tree() throws IOException {
    try (Stream<Path> paths = Files.walk(temporary)) {
      return paths.sorted().toList();
    }
  }

  record Secret(String token) {}

  /**
   * What an exception says goes into logs, which more people read than the data; it names the key,
   * which the caller gave.
   */
  @Test
  void exceptionsNeverQuoteAValue() {
    String secret = "swordfish-4711";
    try (Database db = Database.open(temporary.resolve("data"))) {
      Store<String, Secret> store = db.store("secrets", String.class, Secret.class);
      store.create("key", new Secret(secret));
      for (Runnable call :
          List.<Runnable>of(
              () -> store.create("key", new Secret(secret)),
              () -> store.update("other", new Secret(secret)),
              () -> store.put("key".repeat(1_000), new Secret(secret)),
              () -> store.put("long", new Secret(secret.repeat(2 << 20))))) {
        assertThatThrownBy(call::run)
            .isInstanceOf(DatabaseException.class)
            .hasMessageNotContaining(secret);
      }
    }
    try (Database db = Database.open(temporary.resolve("data"))) {
      assertThatThrownBy(() -> db.store("secrets", String.class, Integer.class))
          .isInstanceOf(DatabaseException.SchemaMismatch.class)
          .hasMessageNotContaining(secret);
    }
  }
}
