package dev.espora.bench.strategies;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.espora.people.Person;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyOutputStream;

/** People in PostgreSQL: a registration is one statement, which is one transaction. */
final class PostgresRegistry implements Registry {
  private final DataSource pool;
  private final String table;

  PostgresRegistry(DataSource pool, String schema) {
    this.pool = pool;
    this.table = schema + ".people";
  }

  @Override
  public boolean register(Person person) {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "INSERT INTO "
                    + table
                    + " (nickname, name, birth, stack) VALUES (?, ?, ?, ?)"
                    + " ON CONFLICT (nickname) DO NOTHING")) {
      statement.setString(1, person.nickname());
      statement.setString(2, person.name());
      statement.setObject(3, person.birth());
      statement.setString(4, stack(person));
      return statement.executeUpdate() == 1;
    } catch (SQLException e) {
      throw new IllegalStateException("PostgreSQL: " + e.getMessage(), e);
    }
  }

  private static String stack(Person person) {
    return String.join(", ", person.stack().names());
  }

  @Override
  public void load(Stream<Person> people) {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      try (Writer rows =
          new BufferedWriter(
              new OutputStreamWriter(
                  new PGCopyOutputStream(
                      connection.unwrap(PGConnection.class),
                      "COPY " + table + " (nickname, name, birth, stack) FROM STDIN"),
                  UTF_8))) {
        for (Iterator<Person> each = people.iterator(); each.hasNext(); ) {
          rows.write(row(each.next()));
        }
      }
      statement.execute("VACUUM ANALYZE " + table);
      statement.execute("CHECKPOINT");
    } catch (SQLException | IOException e) {
      throw new IllegalStateException("PostgreSQL: " + e.getMessage(), e);
    }
  }

  /** Neither names nor technologies of the benchmark have a backslash or a tab. */
  private static String row(Person person) {
    return String.join(
            "\t", person.nickname(), person.name(), person.birth().toString(), stack(person))
        + "\n";
  }

  @Override
  public void nicknames(Consumer<String> each) {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet people = statement.executeQuery("SELECT nickname FROM " + table)) {
      while (people.next()) {
        each.accept(people.getString(1));
      }
    } catch (SQLException e) {
      throw new IllegalStateException("PostgreSQL: " + e.getMessage(), e);
    }
  }
}
