package dev.espora.bench.load;

import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A transaction as clients send it.
 *
 * @param kind {@code c} or {@code d}
 */
record Transaction(int account, long cents, String kind, String description) {
  static final String CREDIT = "c";
  static final String DEBIT = "d";
  private static final int CENTS_MAX = 10_000;
  private static final int DESCRIPTION_CHARACTERS = 10;
  private static final String ALPHANUMERIC =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  /** Of any account, any amount up to 100.00, and a description as long as one may be. */
  static Transaction random(String kind, RandomGenerator random) {
    String description =
        IntStream.range(0, DESCRIPTION_CHARACTERS)
            .map(_ -> ALPHANUMERIC.charAt(random.nextInt(ALPHANUMERIC.length())))
            .mapToObj(Character::toString)
            .collect(Collectors.joining());
    return new Transaction(
        Accounts.any(random), random.nextLong(1, CENTS_MAX + 1L), kind, description);
  }

  String path() {
    return Accounts.path(account) + "/transacoes";
  }

  String json() {
    return "{\"valor\": %d, \"tipo\": \"%s\", \"descricao\": %s}"
        .formatted(cents, kind, Json.quote(description));
  }

  /** What it adds to the balance. */
  long signed() {
    return kind.equals(CREDIT) ? cents : -cents;
  }
}
