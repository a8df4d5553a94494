package dev.espora.cli;

import dev.espora.testkit.history.Account;
import dev.espora.testkit.history.Account.Balance;
import dev.espora.testkit.history.Account.Booking;
import dev.espora.testkit.history.KeyValue;
import dev.espora.testkit.history.KeyValue.Ask;
import dev.espora.testkit.history.KeyValue.Told;
import dev.espora.testkit.history.Model;
import java.io.IOException;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A service over HTTP, what may be asked of it, and the model that explains its answers.
 *
 * @param <S> states of the model
 * @param <I> what is asked
 * @param <O> what is answered
 */
interface Served<S, I, O> {

  /** As {@code espora up} knows it. */
  String name();

  Model<S, I, O> model();

  /** The object that a request is about. */
  Object partition(I input);

  I any(Random random);

  /**
   * Asks.
   *
   * @throws IOException if nobody says what became of it
   */
  O ask(Client client, I input) throws IOException;

  /** An answer that says neither yes nor no. */
  static IOException unclear(Answer answer) {
    if (answer.status() < 500) {
      throw new AssertionError("nobody should be told " + answer);
    }
    return new IOException(answer.toString());
  }

  /** Accounts are credited and debited, up to their limits, and looked at. */
  record Bank() implements Served<Long, Booking, Balance> {
    private static final long[] LIMITS = {100_000, 80_000, 1_000_000, 10_000_000, 500_000};

    @Override
    public String name() {
      return "bank";
    }

    @Override
    public Model<Long, Booking, Balance> model() {
      return new Account(account -> LIMITS[Integer.parseInt(account) - 1]);
    }

    @Override
    public Object partition(Booking booking) {
      return booking.account();
    }

    @Override
    public Booking any(Random random) {
      String account = String.valueOf(1 + random.nextInt(LIMITS.length));
      return new Booking(account, random.nextInt(3) == 0 ? 0 : random.nextInt(-50_000, 50_001));
    }

    @Override
    public Balance ask(Client client, Booking booking) throws IOException {
      int account = Integer.parseInt(booking.account());
      long cents = booking.cents();
      Answer answer =
          cents == 0
              ? client.statement(account)
              : client.transaction(account, Math.abs(cents), cents < 0 ? 'd' : 'c', "history");
      return switch (answer.status()) {
        case 200 -> new Balance(true, answer.number(cents == 0 ? "total" : "saldo"));
        case 422 -> Balance.REFUSED;
        default -> throw unclear(answer);
      };
    }
  }

  /** Nicknames are taken by the first who asks, and searched for. */
  record People(AtomicLong asked) implements Served<Optional<Long>, Ask, Told> {
    private static final Pattern NAME = Pattern.compile("\"nome\"\\s*:\\s*\"number (\\d+)\"");

    @Override
    public String name() {
      return "people";
    }

    @Override
    public Model<Optional<Long>, Ask, Told> model() {
      return new KeyValue();
    }

    @Override
    public Object partition(Ask ask) {
      return ask.key();
    }

    /** New nicknames all the time, several callers asking for each. */
    @Override
    public Ask any(Random random) {
      long number = asked.incrementAndGet();
      String nickname = "nick-" + (number / 20 + random.nextInt(4)) + "-";
      return random.nextBoolean() ? new Ask.Create(nickname, number) : new Ask.Read(nickname);
    }

    @Override
    public Told ask(Client client, Ask ask) throws IOException {
      if (ask instanceof Ask.Create create) {
        Answer answer =
            client.post(
                "/pessoas",
                "{\"apelido\": \"%s\", \"nome\": \"number %d\", \"nascimento\": \"2000-01-01\"}"
                    .formatted(create.key(), create.value()));
        return switch (answer.status()) {
          case 201 -> Told.DONE;
          case 422 -> Told.REFUSED;
          default -> throw unclear(answer);
        };
      }
      Answer answer = client.get("/pessoas?t=" + ask.key());
      if (answer.status() != 200) {
        throw unclear(answer);
      }
      Matcher found = NAME.matcher(answer.body());
      return Told.read(
          found.find() ? Optional.of(Long.parseLong(found.group(1))) : Optional.empty());
    }
  }
}
