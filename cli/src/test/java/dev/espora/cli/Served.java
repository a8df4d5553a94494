package dev.espora.cli;

import dev.espora.testkit.history.Account;
import dev.espora.testkit.history.Account.Balance;
import dev.espora.testkit.history.Account.Booking;
import dev.espora.testkit.history.KeyValue;
import dev.espora.testkit.history.KeyValue.Ask;
import dev.espora.testkit.history.KeyValue.Told;
import dev.espora.testkit.history.Model;
import dev.espora.testkit.history.Operation;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A service over HTTP, what may be asked of it, and the model that explains its answers.
 *
 * @param <S> states of the model
 * @param <I> what is asked
 * @param <O> what is answered
 */
interface Served<S, I, O> {

  Service service();

  Model<S, I, O> model();

  /** The object that a request is about. */
  Object partition(I input);

  /**
   * Something to ask in a round. No object is asked about for long, so that what is unknown of it
   * stays little however many rounds there are, and may take effect at any time.
   */
  I any(int round, Random random);

  /** Shows what has become of the object that was asked about. */
  I look(I input);

  /**
   * Asks.
   *
   * @return empty if it was told that nothing was changed
   * @throws IOException if nobody says what became of it
   */
  Optional<O> ask(Client client, I input) throws IOException;

  /** Asks, now and then, what is about all objects together. */
  default void askAboutAll(Client client, String caller) throws IOException {}

  /**
   * Checks what was answered about all objects together.
   *
   * @param operations on single objects
   */
  default void checkAll(List<Operation<I, O>> operations) {}

  /**
   * What an answer that says neither yes nor no is about.
   *
   * @return empty if it says that nothing was changed
   * @throws IOException if it does not
   */
  static <O> Optional<O> unclear(Answer answer) throws IOException {
    if (answer.status() < 500) {
      throw new AssertionError("nobody should be told " + answer);
    }
    if (answer.body().contains("nothing was changed")) {
      return Optional.empty();
    }
    throw new IOException(answer.toString());
  }

  /** Accounts are credited and debited, up to their limits, and looked at. */
  record Bank() implements Served<Long, Booking, Balance> {
    private static final long[] LIMITS = {100_000, 80_000, 1_000_000, 10_000_000, 500_000};

    /** The lines of {@code --accounts} that so many rounds need. */
    static List<String> accounts(int rounds) {
      return IntStream.rangeClosed(1, rounds * LIMITS.length)
          .mapToObj(account -> account + "," + limit(account))
          .toList();
    }

    private static long limit(int account) {
      return LIMITS[account % LIMITS.length];
    }

    @Override
    public Service service() {
      return Service.BANK;
    }

    @Override
    public Model<Long, Booking, Balance> model() {
      return new Account(account -> limit(Integer.parseInt(account)));
    }

    @Override
    public Object partition(Booking booking) {
      return booking.account();
    }

    /** Each round has accounts of its own. */
    @Override
    public Booking any(int round, Random random) {
      int account = 1 + round * LIMITS.length + random.nextInt(LIMITS.length);
      long cents = random.nextInt(3) == 0 ? 0 : random.nextInt(-50_000, 50_001);
      return new Booking(String.valueOf(account), cents);
    }

    @Override
    public Booking look(Booking booking) {
      return new Booking(booking.account(), 0);
    }

    @Override
    public Optional<Balance> ask(Client client, Booking booking) throws IOException {
      int account = Integer.parseInt(booking.account());
      long cents = booking.cents();
      Answer answer =
          cents == 0
              ? client.statement(account)
              : client.transaction(account, Math.abs(cents), cents < 0 ? 'd' : 'c', "history");
      return switch (answer.status()) {
        case 200 -> Optional.of(new Balance(true, answer.number(cents == 0 ? "total" : "saldo")));
        case 422 -> Optional.of(Balance.REFUSED);
        default -> unclear(answer);
      };
    }
  }

  /** Nicknames are taken by the first who asks, searched for, and counted. */
  record People(AtomicLong asked, Counts counts) implements Served<Optional<Long>, Ask, Told> {
    private static final Pattern NAME = Pattern.compile("\"nome\"\\s*:\\s*\"number (\\d+)\"");

    People() {
      this(new AtomicLong(), new Counts());
    }

    @Override
    public Service service() {
      return Service.PEOPLE;
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
    public Ask any(int round, Random random) {
      long number = asked.incrementAndGet();
      String nickname = "nick-" + (number / 20 + random.nextInt(4)) + "-";
      return random.nextBoolean() ? new Ask.Create(nickname, number) : new Ask.Read(nickname);
    }

    @Override
    public Ask look(Ask ask) {
      return new Ask.Read(ask.key());
    }

    @Override
    public void askAboutAll(Client client, String caller) throws IOException {
      counts.ask(client, caller);
    }

    @Override
    public void checkAll(List<Operation<Ask, Told>> operations) {
      counts.check(operations);
    }

    @Override
    public Optional<Told> ask(Client client, Ask ask) throws IOException {
      if (ask instanceof Ask.Create create) {
        Answer answer =
            client.post(
                "/pessoas",
                "{\"apelido\": \"%s\", \"nome\": \"number %d\", \"nascimento\": \"2000-01-01\"}"
                    .formatted(create.key(), create.value()));
        return switch (answer.status()) {
          case 201 -> Optional.of(Told.DONE);
          case 422 -> Optional.of(Told.REFUSED);
          default -> unclear(answer);
        };
      }
      Answer answer = client.get("/pessoas?t=" + ask.key());
      if (answer.status() != 200) {
        return unclear(answer);
      }
      Matcher found = NAME.matcher(answer.body());
      return Optional.of(
          Told.read(found.find() ? Optional.of(Long.parseLong(found.group(1))) : Optional.empty()));
    }
  }
}
