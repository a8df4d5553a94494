package dev.espora.bench.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Skipped where no server starts: it needs Linux, and for root user namespaces. */
class PostgresServerTest {
  @TempDir private Path directory;

  @Test
  void aServerIsDurableOrRefusedAndGoneWithItsDataWhenItIsClosed() throws Exception {
    String url;
    try (PostgresServer server = start();
        Connection connection = DriverManager.getConnection(server.url());
        Statement statement = connection.createStatement()) {
      url = server.url();
      assertThat(PostgresServer.durableVersion(connection)).startsWith("18.");

      statement.execute("SET synchronous_commit = off");
      assertThatIllegalStateException()
          .isThrownBy(() -> PostgresServer.durableVersion(connection))
          .withMessageContaining("synchronous_commit=off");
    }

    assertThat(directory.resolve("data")).doesNotExist();
    assertThat(catchThrowable(() -> DriverManager.getConnection(url)))
        .isInstanceOf(SQLException.class);
  }

  private PostgresServer start() {
    try {
      return PostgresServer.start(directory, Map.of("shared_buffers", "16MB"));
    } catch (IllegalStateException e) {
      return abort(String.valueOf(e.getMessage()));
    }
  }
}
