package dev.espora.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Entry;
import dev.espora.db.Options;
import dev.espora.db.Store;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Damage to the files of one node: where something that was agreed on is lost, the node does not
 * start, names the file, and changes nothing.
 */
class RaftFilesTest {
  private static final int STARTS = 3;
  private static final int KEYS = 5;

  /** Of a cluster of one that was started several times, and killed in its last life. */
  private static NodeConfig killed;

  @TempDir Path directory;
  private NodeConfig config;

  /** What somebody does in the directory of a node. */
  interface Damage {
    void to(Path data) throws IOException;
  }

  @BeforeAll
  static void write(@TempDir Path directory) throws IOException {
    NodeConfig config = new Cluster(directory, 1).config(1);
    killed = config.withData(directory.resolve("killed"));
    for (int start = 1; start <= STARTS; start++) {
      try (Database db = Database.open(new RatisMedium(config), Options.DEFAULTS)) {
        for (int key = 0; key < KEYS; key++) {
          store(db).put(start + "-" + key, "value");
        }
        if (start == STARTS) {
          copy(config.data(), killed.data());
        }
      }
    }
  }

  private static Store<String, String> store(Database db) {
    return db.store("store", String.class, String.class);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path each : files.toList()) {
        Files.copy(each, to.resolve(from.relativize(each).toString()));
      }
    }
  }

  @BeforeEach
  void begin() throws IOException {
    config = killed.withData(directory.resolve("n1")).withStart(NodeConfig.Start.EXISTING);
    copy(killed.data(), config.data());
  }

  // --- files

  /** The one file in a node's directory that is called so. */
  private static Path file(Path data, String name) throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      return files.filter(each -> each.getFileName().toString().matches(name)).findFirst().get();
    }
  }

  private static Damage flip(String name, long at) {
    return data -> flip(file(data, name), at);
  }

  private static void flip(Path path, long at) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(at);
      int before = file.read();
      file.seek(at);
      file.write(before ^ 4);
    }
  }

  private static Damage cut(String name, long length) {
    return data -> {
      try (RandomAccessFile file = new RandomAccessFile(file(data, name).toFile(), "rw")) {
        file.setLength(length);
      }
    };
  }

  private static Damage zeros(String name, long from) {
    return data -> {
      byte[] bytes = Files.readAllBytes(file(data, name));
      Arrays.fill(bytes, (int) from, bytes.length, (byte) 0);
      Files.write(file(data, name), bytes);
    };
  }

  private static Damage write(String name, String text) {
    return data -> Files.writeString(file(data, name), text);
  }

  private static Damage gone(String... names) {
    return data -> {
      for (String name : names) {
        Path gone = file(data, name);
        try (Stream<Path> files = Files.walk(gone)) {
          for (Path each : files.sorted((one, other) -> other.compareTo(one)).toList()) {
            Files.delete(each);
          }
        }
      }
    };
  }

  /** Behind the last entry of the file that is being appended to. */
  private static Damage behind(byte... bytes) {
    return data -> {
      LogSegment last = LogSegment.read(file(data, OPEN)).orElseThrow();
      try (RandomAccessFile file = new RandomAccessFile(last.file().toFile(), "rw")) {
        file.seek(last.end());
        file.write(bytes);
      }
    };
  }

  private static final String CLOSED = "log_0-\\d+";
  private static final String SECOND = "log_[1-9]\\d*-\\d+";
  private static final String OPEN = "log_inprogress_\\d+";
  private static final String OLD = "snapshot\\.1_\\d+";
  private static final String NEW = "snapshot\\.2_\\d+";
  private static final String MD5 = "\\.md5";
  private static final String COPY = "0000000000000000\\.log";

  // --- damage

  static Stream<Arguments> damages() {
    String checksum = "the checksum of entry ";
    String agreed = "entries up to ";
    String[] snapshots = {OLD, OLD + MD5, NEW, NEW + MD5};
    return Stream.of(
        arguments("a bit of a closed log", flip(CLOSED, 300), CLOSED, checksum),
        arguments("a bit of its beginning", flip(CLOSED, 3), CLOSED, "does not begin as"),
        arguments("a closed log cut short", cut(CLOSED, 300), CLOSED, "an entry is cut short"),
        arguments("a closed log emptied", cut(CLOSED, 0), CLOSED, "does not begin as"),
        arguments("a closed log ends in zeros", zeros(CLOSED, 301), CLOSED, checksum),
        arguments(
            "a closed log gone", all(gone(snapshots), gone(CLOSED)), "current", "entries 0 to "),
        arguments(
            "one in the middle gone", all(gone(snapshots), gone(SECOND)), "current", "are missing"),
        arguments("a bit of the open log", flip(OPEN, 200), OPEN, agreed),
        arguments("a bit of its beginning", flip(OPEN, 3), OPEN, agreed),
        arguments("the open log cut short", cut(OPEN, 200), OPEN, agreed),
        arguments("the open log emptied", cut(OPEN, 0), OPEN, agreed),
        arguments("the open log is zeros", zeros(OPEN, 0), OPEN, agreed),
        arguments("the open log ends in zeros", zeros(OPEN, 200), OPEN, agreed),
        arguments("the open log gone", gone(OPEN), SECOND, agreed),
        arguments("all of the log gone", gone(CLOSED, SECOND, OPEN), "current", "are missing"),
        arguments("the group gone", gone("[0-9a-f-]{36}"), "raft-meta", "how this node voted"),
        arguments("raft-meta gone", gone("raft-meta"), "raft-meta", "how this node voted"),
        arguments("raft-meta emptied", cut("raft-meta", 0), "raft-meta", "how this node voted"),
        arguments("raft-meta garbled", write("raft-meta", "\\u00"), "raft-meta", "cannot be read"),
        arguments(
            "a term below that of the log",
            write("raft-meta", "term=2\nvotedFor=n1"),
            "raft-meta",
            "is in term 2, and its log ends in 3"),
        arguments(
            "nodes garbled", flip("raft-meta.conf", 9), "raft-meta.conf", "who the nodes are"),
        arguments("nodes emptied", cut("raft-meta.conf", 0), "raft-meta.conf", "who the nodes are"),
        arguments(
            "a bit of a snapshot", flip(NEW, 40), NEW, "its checksum is not the one beside it"),
        arguments(
            "the checksum of a snapshot", write(NEW + MD5, "?"), NEW + MD5, "holds no checksum"),
        arguments("its checksum gone", gone(NEW + MD5), NEW, "its checksum in a file beside it"),
        arguments("a bit of the mark", flip("mark-0", 5), "mark-0", "how far the Raft log goes"),
        arguments("a bit of the copy", flip(COPY, 200), COPY, "corrupt at byte"),
        arguments("the copy cut short", cut(COPY, 300), COPY, "corrupt at byte"),
        arguments(
            "a partition of the copy gone",
            gone("store"),
            "copy-0/partitions/store",
            "synced up to"),
        arguments("the copy gone", gone("copy-0"), "copy-0/partitions/store", "synced up to"),
        arguments("its name", flip("partition", 30), "partition", "corrupt at byte"));
  }

  private static Damage all(Damage... damages) {
    return data -> {
      for (Damage each : damages) {
        each.to(data);
      }
    };
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("damages")
  void whatWasAgreedOnAndIsLostIsNamed(String what, Damage damage, String file, String problem)
      throws IOException {
    damage.to(config.data());
    Map<Path, Integer> before = contents();
    assertThatExceptionOfType(DatabaseException.class)
        .as(what)
        .isThrownBy(() -> RatisNode.start(config).close())
        .withMessageMatching("[^\n]*/" + file + "\\b[^\n]*")
        .withMessageContaining(problem);
    assertThat(contents()).isEqualTo(before);
  }

  /** It is found out with the first entry that is about it. */
  @Test
  void aDamagedCopyThatNoSnapshotTellsOfKeepsTheNodeFromStarting() throws IOException {
    all(gone(OLD, OLD + MD5, NEW, NEW + MD5), flip(COPY, 200)).to(config.data());
    assertThatExceptionOfType(DatabaseException.class)
        .isThrownBy(() -> RatisNode.start(config).close())
        .withMessageStartingWith("node n1 has failed and must be started again: ")
        .withMessageMatching("[^\n]*an entry cannot be applied: [^\n]*/" + COPY + " is corrupt.*");
  }

  /** What is stored, without locks. */
  private Map<Path, Integer> contents() throws IOException {
    Map<Path, Integer> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(config.data().resolve("raft"))) {
      for (Path each : files.filter(Files::isRegularFile).toList()) {
        if (!each.endsWith("in_use.lock")) {
          contents.put(each, Arrays.hashCode(Files.readAllBytes(each)));
        }
      }
    }
    return contents;
  }

  // --- what a crash leaves behind

  static Stream<Arguments> remains() {
    return Stream.of(
        arguments("nothing", all()),
        arguments("an entry without its end", behind((byte) 90, (byte) 8, (byte) 3, (byte) 16)),
        arguments("a later sector", behind((byte) 0, (byte) 0, (byte) 7)),
        arguments("files that a snapshot stands in for", gone(SECOND)),
        arguments("no snapshot yet", gone(OLD, OLD + MD5, NEW, NEW + MD5)),
        arguments("a checksum without its snapshot", gone(NEW)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("remains")
  void whatACrashLeavesBehindIsNoDamage(String what, Damage remains) throws IOException {
    remains.to(config.data());
    try (Database db = Database.open(new RatisMedium(config), Options.DEFAULTS)) {
      for (int start = 1; start <= STARTS; start++) {
        for (int key = 0; key < KEYS; key++) {
          assertThat(store(db).read(start + "-" + key))
              .as(what)
              .map(Entry::value)
              .hasValue("value");
        }
      }
      store(db).put("more", "value");
    }
    RaftFiles.check(config.withGroups(1), false);
  }

  // --- every byte

  @Test
  void everyByteOfALogIsChecked() throws IOException {
    LogSegment log = LogSegment.read(file(config.data(), SECOND)).orElseThrow();
    assertThat(log.last()).isEqualTo(log.named());
    byte[] whole = Files.readAllBytes(log.file());
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) (1 << (at % 8));
      assertShorter(log, damaged, "byte " + at);
      assertShorter(log, Arrays.copyOf(whole, at), "length " + at);
    }
  }

  private static void assertShorter(LogSegment log, byte[] damaged, String what)
      throws IOException {
    Files.write(log.file(), damaged);
    assertThat(LogSegment.read(log.file()).orElseThrow().last()).as(what).isLessThan(log.named());
  }
}
