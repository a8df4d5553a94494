package dev.espora.ratis;

import dev.espora.db.DatabaseException;
import java.io.IOException;
import java.io.Reader;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.util.MD5FileUtil;

/**
 * The files of one Raft group, looked at before Ratis opens them. Ratis starts where they are
 * damaged: it votes anew without remembering its votes, and takes for the end of its log whatever
 * cannot be read on. A node that has forgotten what it confirmed may help to elect a leader that
 * never had it, so it must not start.
 *
 * <p>What a crash leaves behind is no damage: an entry that was being appended to the last file,
 * and is not known to be agreed on, is cut off.
 */
final class RaftFiles {
  private static final System.Logger LOG = System.getLogger("dev.espora.ratis");
  private static final long NONE = -1;

  private final Path current;
  private final Path machine;
  private final long mark;
  private final boolean joined;

  /**
   * @param directory of the group
   * @param mark the last entry that is known to be agreed on
   * @param joined whether the node may not be a member yet
   */
  RaftFiles(Path directory, long mark, boolean joined) {
    this.joined = joined;
    this.current = directory.resolve("current");
    this.machine = directory.resolve("sm");
    this.mark = mark;
  }

  /** Checks those of all groups of a node. */
  static void check(NodeConfig config, boolean joined) throws IOException {
    for (int number = 0; number < config.groups(); number++) {
      of(config, number, joined).check();
    }
  }

  static RaftFiles of(NodeConfig config, int group, boolean joined) throws IOException {
    String name = new Settings(config).group(group).getUuid().toString();
    long mark = LogMark.read(LogMark.file(config.data(), group));
    return new RaftFiles(config.data().resolve("raft").resolve(name), mark, joined);
  }

  /** Where the snapshots are. */
  Path machine() {
    return machine;
  }

  /**
   * Lets go of the files that a snapshot stands in for, the newest first as Ratis does it.
   *
   * @param index of the last entry in the snapshot
   */
  void purge(long index) throws IOException {
    for (LogSegment each : segments().reversed()) {
      if (each.last() <= index) {
        Files.delete(each.file());
      }
    }
  }

  /**
   * Checks them.
   *
   * @throws DatabaseException.Corrupt if something was agreed on and is not there as it was written
   */
  void check() throws IOException {
    if (mark == LogMark.NONE && !Files.exists(current)) {
      return; // the group is yet to be created
    }
    long term = checkVotes();
    checkConfiguration();
    long snapshot = checkSnapshots();
    List<LogSegment> segments = segments();
    finishPurge(segments, snapshot);
    checkOrder(segments, snapshot);
    if (!segments.isEmpty()) {
      checkEnd(segments.getLast(), snapshot, term);
    } else if (mark > snapshot) {
      throw new DatabaseException.Corrupt(current, 0, missing(snapshot + 1, mark));
    }
  }

  private static String missing(long from, long to) {
    return "the files of the Raft log with entries " + from + " to " + to + " are missing";
  }

  /** The term that this node is in. */
  private long checkVotes() throws IOException {
    Path file = current.resolve("raft-meta");
    if (!Files.exists(file)) {
      if (mark == LogMark.NONE) {
        return NONE;
      }
      throw new DatabaseException.Corrupt(
          file, 0, "it is missing, and with it how this node voted");
    }
    Properties lines = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      lines.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new DatabaseException.Corrupt(file, 0, "it cannot be read: " + e);
    }
    String term = lines.getProperty("term", "");
    if (!term.matches("\\d{1,18}")
        || !lines.getProperty("votedFor", "?").matches("[a-z0-9_-]{0,32}")) {
      throw new DatabaseException.Corrupt(file, 0, "it does not say how this node voted");
    }
    return Long.parseLong(term);
  }

  private void checkConfiguration() throws IOException {
    Path file = current.resolve("raft-meta.conf");
    if (!Files.exists(file)) {
      return; // it is in the log as well
    }
    boolean readable;
    try {
      LogEntryProto entry = LogEntryProto.parseFrom(Files.readAllBytes(file));
      List<RaftPeerProto> nodes = entry.getConfigurationEntry().getPeersList();
      readable =
          (joined || !nodes.isEmpty())
              && nodes.stream().allMatch(each -> each.getAddress().matches(".+:[0-9]{1,5}"));
    } catch (IOException e) {
      readable = false;
    }
    if (!readable) {
      throw new DatabaseException.Corrupt(file, 0, "it does not say who the nodes are");
    }
  }

  // --- snapshots

  /** What the newest one holds. */
  private long checkSnapshots() throws IOException {
    long newest = NONE;
    Optional<Path> file = Optional.empty();
    for (Path each : list(machine)) {
      Matcher name =
          SimpleStateMachineStorage.SNAPSHOT_REGEX.matcher(each.getFileName().toString());
      if (name.matches() && Long.parseLong(name.group(2)) > newest) {
        newest = Long.parseLong(name.group(2));
        file = Optional.of(each);
      }
    }
    if (file.isPresent()) {
      checkSnapshot(file.get());
    }
    return newest;
  }

  private static void checkSnapshot(Path file) throws IOException {
    MD5Hash stored;
    try {
      stored = MD5FileUtil.readStoredMd5ForFile(file.toFile());
    } catch (IOException | RuntimeException e) {
      throw new DatabaseException.Corrupt(
          MD5FileUtil.getDigestFileForFile(file.toFile()).toPath(), 0, "it holds no checksum");
    }
    if (stored == null) {
      throw new DatabaseException.Corrupt(file, 0, "its checksum in a file beside it is missing");
    }
    if (!stored.equals(MD5FileUtil.computeMd5ForFile(file.toFile()))) {
      throw new DatabaseException.Corrupt(file, 0, "its checksum is not the one beside it");
    }
  }

  private static List<Path> list(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  // --- the log

  private List<LogSegment> segments() throws IOException {
    List<LogSegment> segments = new ArrayList<>();
    for (Path each : list(current)) {
      LogSegment.read(each).ifPresent(segments::add);
    }
    segments.sort(Comparator.comparingLong(LogSegment::first).thenComparing(LogSegment::open));
    return segments;
  }

  /**
   * Ratis deletes what a snapshot stands in for beginning with the newest of it, so that a crash
   * leaves the oldest behind.
   */
  private static void finishPurge(List<LogSegment> segments, long snapshot) throws IOException {
    for (int at = segments.size() - 1; at > 0; at--) {
      long first = segments.get(at).first();
      LogSegment before = segments.get(at - 1);
      if (!before.open() && first > before.named() + 1 && first <= snapshot + 1) {
        List<LogSegment> older = segments.subList(0, at);
        for (LogSegment each : older) {
          LOG.log(
              System.Logger.Level.WARNING,
              "deleted {0}: the files between it and entry {1} are gone, and a snapshot has them all",
              each.file(),
              Long.toString(first));
          Files.delete(each.file());
        }
        older.clear();
        return;
      }
    }
  }

  /** All of them are whole, but for the last one, and none is missing in between. */
  private void checkOrder(List<LogSegment> segments, long snapshot) {
    long next = segments.isEmpty() ? 0 : Math.min(segments.getFirst().first(), snapshot + 1);
    for (int at = 0; at < segments.size(); at++) {
      LogSegment each = segments.get(at);
      if (each.first() > next) {
        throw new DatabaseException.Corrupt(current, 0, missing(next, each.first() - 1));
      }
      if (each.first() < next) {
        throw each.corrupt("entries stand in it that stand in another file as well");
      }
      if (at + 1 < segments.size()) {
        checkInside(each, segments.get(at + 1).first());
      }
      next = each.last() + 1;
    }
  }

  private static void checkInside(LogSegment segment, long next) {
    if (segment.damage().isPresent()) {
      throw segment.corrupt(segment.damage().get());
    }
    if (segment.open()) {
      throw segment.corrupt("it was not closed, and there are later ones");
    }
    if (segment.last() < segment.named() && segment.last() + 1 != next) {
      throw segment.corrupt("it ends with entry " + segment.last());
    }
  }

  private void checkEnd(LogSegment last, long snapshot, long term) throws IOException {
    if (!last.open() && last.damage().isPresent()) {
      throw last.corrupt(last.damage().get());
    }
    if (Math.max(last.last(), snapshot) < mark) {
      throw last.corrupt(
          last.damage().map(each -> each + ", and ").orElse("it ends here, and ")
              + "entries up to "
              + mark
              + " were agreed on");
    }
    if (last.term() > term) {
      throw new DatabaseException.Corrupt(
          current.resolve("raft-meta"),
          0,
          "it says that this node is in term " + term + ", and its log ends in " + last.term());
    }
    if (last.damage().isPresent()) {
      cut(last);
    }
  }

  /** A crash leaves alone what was synced, so nobody was told that this node has it. */
  private static void cut(LogSegment last) throws IOException {
    try (FileChannel channel = FileChannel.open(last.file(), StandardOpenOption.WRITE)) {
      LOG.log(
          System.Logger.Level.INFO,
          "cut off what a crash has left behind byte {0} of {1}: {2}",
          Long.toString(last.end()),
          last.file(),
          last.damage().orElse(""));
      channel.truncate(last.end());
      channel.force(true);
    }
  }
}
