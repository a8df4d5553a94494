package dev.espora.bench.search;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.espora.bench.postgres.PostgresServer;
import dev.espora.people.Person;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyOutputStream;

/**
 * PostgreSQL with a trigram index over a generated column of everything that is searched, in lower
 * case: a server of its own, or one that runs already, where it uses a schema of its own.
 */
public final class PostgresSearch implements PeopleSearch {

  /** What who looks after a server of such data would set. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "shared_buffers", "512MB",
          "effective_cache_size", "2GB",
          "maintenance_work_mem", "256MB",
          "work_mem", "64MB",
          "max_wal_size", "4GB",
          "random_page_cost", "1.1");

  private static final String SCHEMA = "espora_bench";

  private static final List<String> TABLE =
      List.of(
          "CREATE EXTENSION IF NOT EXISTS pg_trgm",
          "DROP SCHEMA IF EXISTS " + SCHEMA + " CASCADE",
          "CREATE SCHEMA " + SCHEMA,
          """
          CREATE TABLE espora_bench.people (
            id uuid PRIMARY KEY,
            apelido varchar(32) UNIQUE NOT NULL,
            nome varchar(100) NOT NULL,
            nascimento date NOT NULL,
            stack text,
            busca text GENERATED ALWAYS AS
              (lower(apelido || E'\\n' || nome || E'\\n' || coalesce(stack, ''))) STORED)\
          """);

  private static final List<String> INDEX =
      List.of(
          "CREATE INDEX people_busca ON espora_bench.people USING gin (busca gin_trgm_ops)",
          "VACUUM ANALYZE espora_bench.people",
          "CHECKPOINT");

  private static final int TRIALS = 3;

  /** Ways to ask. */
  private enum Query {
    LIKE("busca LIKE lower(?)"),
    ILIKE("busca ILIKE ?");

    final String condition;

    Query(String condition) {
      this.condition = condition;
    }
  }

  private final @Nullable PostgresServer server;
  private final Connection connection;
  private final List<String> remarks = new ArrayList<>();
  private PreparedStatement search;

  /**
   * Connects to a server.
   *
   * @param url of a server that runs; a new one is started otherwise
   * @throws IllegalStateException if there is none, or it may forget what it acknowledged
   */
  public PostgresSearch(Path directory, Optional<String> url) throws SQLException, IOException {
    server = url.isPresent() ? null : PostgresServer.start(directory, SETTINGS);
    try {
      connection = DriverManager.getConnection(server == null ? url.orElseThrow() : server.url());
      remarks.add("PostgreSQL " + PostgresServer.durableVersion(connection) + ", fsync on.");
      // A plan for each term: how many people have it decides whether the index is worth it. And no
      // compiler for queries that take less than it does.
      execute(List.of("SET plan_cache_mode = force_custom_plan", "SET jit = off"));
      search = statement(Query.LIKE);
    } catch (SQLException | RuntimeException e) {
      if (server != null) {
        server.close();
      }
      throw e;
    }
  }

  @Override
  public void load(People people) throws SQLException, IOException {
    execute(TABLE);
    try (Writer rows =
        new BufferedWriter(
            new OutputStreamWriter(
                new PGCopyOutputStream(
                    connection.unwrap(PGConnection.class),
                    "COPY espora_bench.people (id, apelido, nome, nascimento, stack) FROM STDIN"),
                UTF_8))) {
      for (int number = 0; number < people.count(); number++) {
        rows.write(row(people.person(number)));
      }
    }
    execute(INDEX);
  }

  private static String row(Person person) {
    return String.join(
            "\t",
            UUID.randomUUID().toString(),
            escaped(person.nickname()),
            escaped(person.name()),
            person.birth().toString(),
            escaped(People.lines(person.stack())))
        + "\n";
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t");
  }

  /** Tries both ways to ask, in turns, and keeps the faster one. */
  @Override
  public void prepare(Terms terms) throws SQLException {
    Map<Query, Double> millis = new EnumMap<>(Query.class);
    for (int trial = 0; trial < TRIALS; trial++) {
      for (Query query : Query.values()) {
        search.close();
        search = statement(query);
        long start = System.nanoTime();
        terms.all().forEach(term -> search(term.text()));
        double elapsed = (System.nanoTime() - start) / 1e6;
        // The best of them: the first one warms up.
        millis.merge(query, elapsed, Math::min);
      }
    }
    double like = millis.getOrDefault(Query.LIKE, Double.NaN);
    double ilike = millis.getOrDefault(Query.ILIKE, Double.NaN);
    Query faster = like <= ilike ? Query.LIKE : Query.ILIKE;
    search.close();
    search = statement(faster);
    remarks.add(
        String.format(
            Locale.ROOT,
            "It is asked with '%s': all terms once took %.0f ms with LIKE and %.0f ms with ILIKE.",
            faster.condition,
            like,
            ilike));
  }

  private PreparedStatement statement(Query query) throws SQLException {
    return connection.prepareStatement(
        "SELECT id, apelido, nome, nascimento, stack FROM espora_bench.people WHERE %s LIMIT %d"
            .formatted(query.condition, MOST));
  }

  @Override
  public int search(String term) {
    try {
      search.setString(1, "%" + pattern(term) + "%");
      int found = 0;
      try (ResultSet people = search.executeQuery()) {
        for (; people.next(); found++) {
          for (int column = 1; column <= 5; column++) {
            var _ = people.getString(column);
          }
        }
      }
      return found;
    } catch (SQLException e) {
      throw new IllegalStateException("PostgreSQL failed: " + e.getMessage(), e);
    }
  }

  /** The term as it is, whatever LIKE takes for a wildcard. */
  private static String pattern(String term) {
    return term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
  }

  /** Of the table and its indexes; not of the log, nor of what every server has. */
  public long bytesOnDisk() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet size =
            statement.executeQuery("SELECT pg_total_relation_size('espora_bench.people')")) {
      size.next();
      return size.getLong(1);
    }
  }

  @Override
  public List<String> remarks() {
    return remarks;
  }

  private void execute(List<String> commands) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String command : commands) {
        statement.execute(command);
      }
    }
  }

  @Override
  public void close() throws SQLException, IOException {
    execute(List.of("DROP SCHEMA IF EXISTS " + SCHEMA + " CASCADE"));
    connection.close();
    if (server != null) {
      server.close();
    }
  }
}
