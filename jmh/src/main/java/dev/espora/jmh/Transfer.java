package dev.espora.jmh;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A record as applications have them: about a hundred bytes when it is encoded. */
record Transfer(
    UUID id,
    long cents,
    Kind kind,
    String description,
    Instant bookedAt,
    Party from,
    Party to,
    List<String> tags,
    Optional<String> note) {

  enum Kind {
    CREDIT,
    DEBIT
  }

  record Party(String name, int branch) {}

  static final Transfer TYPICAL =
      new Transfer(
          UUID.fromString("0190f3c4-5b1e-7c3a-9d2f-6f1b2a3c4d5e"),
          123_456,
          Kind.DEBIT,
          "groceries",
          Instant.parse("2026-01-17T02:34:41.217753Z"),
          new Party("Ana Barbosa", 17),
          new Party("João da Silva", 4_211),
          List.of("food", "weekly"),
          Optional.of("paid at the till"));
}
