package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalClusterTest {
  @TempDir Path directory;

  @Test
  void filesOfNodesAreForTheirOwnerAloneAndKeepTheirPeers() throws IOException {
    LocalCluster fresh = LocalCluster.at(directory, 3);
    assertPrivate();
    assertThat(LocalCluster.file(directory, 3)).content().contains("node=node-3\n", "start=new\n");
    fresh.begun();
    assertPrivate();
    assertThat(LocalCluster.file(directory, 3)).content().doesNotContain("start=");
    assertThat(LocalCluster.at(directory, 3)).isEqualTo(fresh);
  }

  @Test
  void aBeginningThatWasCutShortIsNone() throws IOException {
    Path inTheWay = Files.createDirectories(directory.resolve("node-1.properties.tmp/full"));
    assertThatThrownBy(() -> LocalCluster.at(directory, 3)).isInstanceOf(IOException.class);
    Files.delete(inTheWay);
    Files.delete(inTheWay.resolveSibling(""));
    LocalCluster begun = LocalCluster.at(directory, 3);
    assertPrivate();
    assertThat(LocalCluster.at(directory, 3)).isEqualTo(begun);
    assertThatThrownBy(() -> LocalCluster.at(directory, 5))
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("has 3 nodes, not 5; give --nodes 3");
  }

  @Test
  void noLinkIsFollowed() throws IOException {
    Path precious = Files.writeString(directory.resolve("precious"), "precious");
    Path building = Files.createSymbolicLink(directory.resolve("node-1.properties.tmp"), precious);
    LocalCluster cluster = LocalCluster.at(directory, 1);
    assertThat(building).doesNotExist();
    assertThat(precious).hasContent("precious");
    assertThat(LocalCluster.file(directory, 1)).content().contains("peers=" + cluster.peers());

    Path moved = Files.move(LocalCluster.file(directory, 1), directory.resolve("elsewhere"));
    Path link = Files.createSymbolicLink(LocalCluster.file(directory, 1), moved);
    assertThatThrownBy(() -> LocalCluster.at(directory, 1))
        .isInstanceOf(CommandFailed.class)
        .hasMessageStartingWith(link + " is a symbolic link");
  }

  private void assertPrivate() throws IOException {
    for (int node = 1; node <= 3; node++) {
      Path file = LocalCluster.file(directory, node);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
    }
  }
}
