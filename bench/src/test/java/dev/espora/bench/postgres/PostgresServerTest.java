package dev.espora.bench.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Skipped where no server starts: it needs Linux, and for root user namespaces. */
class PostgresServerTest {
  @TempDir private Path directory;

  @Test
  void aServerIsDurableAndGoneWithItsDataWhenItIsClosed() throws Exception {
    String url;
    try (PostgresServer server = start(Map.of());
        Connection connection = DriverManager.getConnection(server.url())) {
      url = server.url();
      assertThat(PostgresServer.durableVersion(connection)).startsWith("18.");
    }

    assertThat(directory.resolve("data")).doesNotExist();
    assertThat(catchThrowable(() -> DriverManager.getConnection(url)))
        .isInstanceOf(SQLException.class);
  }

  @Test
  void aServerThatMayForgetIsRefused() throws Exception {
    try (PostgresServer server = start(Map.of("fsync", "off"));
        Connection connection = DriverManager.getConnection(server.url())) {
      assertThatIllegalStateException()
          .isThrownBy(() -> PostgresServer.durableVersion(connection))
          .withMessageContaining("fsync=off");
    }
  }

  private PostgresServer start(Map<String, String> settings) {
    try {
      return PostgresServer.start(directory, settings);
    } catch (IllegalStateException e) {
      return abort(e.getMessage());
    }
  }
}
