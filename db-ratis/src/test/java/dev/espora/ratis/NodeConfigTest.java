package dev.espora.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.espora.db.DatabaseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a configuration file may say, and what an empty directory means. */
class NodeConfigTest {
  @TempDir Path directory;

  private NodeConfig read(String... lines) throws IOException {
    Path file = directory.resolve("node.properties");
    Files.write(file, List.of(lines));
    return NodeConfig.read(file);
  }

  @Test
  void pathsAreThoseBesideTheFile() throws IOException {
    NodeConfig config = read("node=a", "peers=a=127.0.0.1:7101, b=localhost:7102", "data=here");
    assertThat(config.data()).isEqualTo(directory.resolve("here"));
    assertThat(config.peers()).containsEntry("b", "localhost:7102");
    assertThat(config.groups()).isZero();
    assertThat(config.start()).isEqualTo(NodeConfig.Start.EXISTING);
  }

  @Test
  void whatIsWrongIsNamed() {
    wrong("unknown lines [pears]", "node=a", "pears=a=127.0.0.1:1", "data=d");
    wrong("peers= is missing", "node=a", "data=d");
    wrong("node c is not among the peers", "node=c", "peers=a=127.0.0.1:7101", "data=d");
    wrong("stands there twice", "node=a", "peers=a=127.0.0.1:1,a=127.0.0.1:2", "data=d");
    wrong("is not host:port", "node=a", "peers=a=127.0.0.1", "data=d");
    wrong("tls.key= is missing", "node=a", "peers=a=1.2.3.4:1", "data=d", "tls.certificate=f");
    wrong("start: 'yes'", "node=a", "peers=a=127.0.0.1:1", "data=d", "start=yes");
  }

  private void wrong(String problem, String... lines) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> {
          Files.writeString(directory.resolve("f"), "");
          read(lines);
        })
        .withMessageContaining(problem);
  }

  @Test
  void plaintextBeyondTheLoopbackInterfaceHasToBeAskedFor() throws IOException {
    wrong("is not on the loopback interface", "node=a", "peers=a=192.0.2.1:7101", "data=d");
    assertThat(read("node=a", "peers=a=192.0.2.1:7101", "data=d", "plaintext=true").plaintext())
        .isTrue();
  }

  @Test
  void anEmptyDirectoryIsRefusedUnlessTheClusterBegins() throws IOException {
    NodeConfig config = read("node=a", "peers=a=127.0.0.1:7101", "data=d");
    assertThatExceptionOfType(DatabaseException.NotADatabase.class)
        .isThrownBy(() -> new Newcomer(config).begin())
        .withMessageContaining("holds no data of node a")
        .withMessageContaining("docs/replication.md");
    NodeDirectory fresh = new Newcomer(config.withStart(NodeConfig.Start.NEW)).begin();
    assertThat(NodeDirectory.of(config)).contains(fresh);
    NodeConfig other = read("node=b", "peers=b=127.0.0.1:7101", "data=d");
    assertThatExceptionOfType(DatabaseException.NotADatabase.class)
        .isThrownBy(() -> NodeDirectory.of(other))
        .withMessageContaining("belongs to node a");
  }

  @Test
  void whatANodeWritesAboutItselfCanBeReadAgain() throws IOException {
    NodeConfig config = read("node=a", "peers=a=127.0.0.1:7101,b=127.0.0.1:7102", "data=d");
    Path settings = Files.writeString(directory.resolve("settings"), config.text());
    assertThat(NodeConfig.read(settings)).isEqualTo(config);
  }
}
