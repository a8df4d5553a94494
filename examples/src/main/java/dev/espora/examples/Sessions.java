package dev.espora.examples;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Entry;
import dev.espora.db.Options;
import dev.espora.db.Store;
import dev.espora.db.Ttl;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Sessions that end by themselves: logging in creates an entry with a time to live, each use renews
 * it, and nobody reads it from the instant on at which it ends. The clock is handed in, so that
 * time can be tested.
 */
final class Sessions {
  private static final Ttl LIFE = Ttl.of(Duration.ofMinutes(30));

  private final Store<String, Session> store;

  /** Who is logged in. */
  record Session(String user, int uses) {}

  Sessions(Database database) {
    store = database.store("sessions", String.class, Session.class);
  }

  /** Begins a session and returns its id. */
  public String login(String user) {
    String id = UUID.randomUUID().toString();
    store.create(id, new Session(user, 0), LIFE);
    return id;
  }

  /** Whose session it is, if it has not ended; it then lives on from now. */
  public Optional<String> touch(String id) {
    Optional<Session> session = store.read(id).map(Entry::value);
    if (session.isEmpty()) {
      return Optional.empty();
    }
    String user = session.get().user();
    try {
      store.update(id, new Session(user, session.get().uses() + 1), LIFE);
      return Optional.of(user);
    } catch (DatabaseException.Missing e) {
      return Optional.empty(); // it ended just now
    }
  }

  /** How many sessions there are. */
  public long count() {
    return store.size();
  }

  static void main(String[] args) {
    Instant[] now = {Instant.parse("2026-01-01T12:00:00Z")};
    Options options = Options.DEFAULTS.withClock(() -> now[0]);
    try (Database database = Database.open(Path.of(args[0]), options)) {
      Sessions sessions = new Sessions(database);
      String id = sessions.login("ana");
      for (int minutes : new int[] {0, 29, 29, 30}) {
        now[0] = now[0].plus(Duration.ofMinutes(minutes));
        IO.println(now[0] + " " + sessions.touch(id).orElse("nobody"));
      }
      IO.println(sessions.count() + " sessions");
    }
  }
}
