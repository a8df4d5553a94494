package dev.espora.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.Database;
import dev.espora.db.Log;
import dev.espora.db.Options;
import java.nio.file.Path;
import org.apache.ratis.server.raftlog.RaftLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the Raft log is made of. */
class EntriesTest {
  @TempDir Path directory;

  @Test
  void anAppendIsOneEntryAndReadingIsNone() {
    try (RatisNode node = RatisNode.start(new Cluster(directory, 1).config(1));
        Database database = Database.open(Prefixed.medium(node, ""), Options.DEFAULTS)) {
      Log<Integer> log = database.log("log", Integer.class);
      RaftLog entries = node.group("log").division().getRaftLog();
      long before = entries.getNextIndex();
      for (int i = 1; i <= 20; i++) {
        log.append(i);
        assertThat(log.size()).isEqualTo(i);
        assertThat(entries.getNextIndex()).isEqualTo(before + i);
      }
    }
  }
}
