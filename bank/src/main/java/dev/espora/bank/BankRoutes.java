package dev.espora.bank;

import dev.espora.bank.Movement.Kind;
import dev.espora.db.DatabaseException;
import dev.espora.http.HttpLimits;
import dev.espora.http.Json;
import dev.espora.http.JsonValue;
import dev.espora.http.JsonValue.JsonInteger;
import dev.espora.http.JsonValue.JsonObject;
import dev.espora.http.JsonValue.JsonString;
import dev.espora.http.Problem;
import dev.espora.http.ProblemException;
import dev.espora.http.Request;
import dev.espora.http.Response;
import dev.espora.http.Routes;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;

/** The bank over HTTP, as {@code docs/bank.md} says. */
public final class BankRoutes {
  /**
   * What a server of these routes takes. No transaction needs more than 400 bytes, however it
   * escapes its letters; the rest is for white space, and for a 400 or 422 that says what is wrong.
   */
  public static final HttpLimits LIMITS = HttpLimits.DEFAULTS.withBodyBytes(16 << 10);

  /** Six digits of fraction, always. */
  private static final DateTimeFormatter INSTANT =
      new DateTimeFormatterBuilder().appendInstant(6).toFormatter();

  /** The one way to write the number: no sign, no leading zero, nothing but ASCII digits. */
  private static final Pattern ID = Pattern.compile("[1-9][0-9]{0,17}");

  private static final Pattern KEY = Pattern.compile("[!-~]{1,64}");

  private final Bank bank;

  private BankRoutes(Bank bank) {
    this.bank = bank;
  }

  /** The routes of a bank. */
  public static Routes of(Bank bank) {
    BankRoutes routes = new BankRoutes(bank);
    return Routes.builder()
        .post("/clientes/{id}/transacoes", routes::move)
        .get("/clientes/{id}/extrato", routes::statement)
        .onError(BankRoutes::problemOf)
        .build();
  }

  private CompletionStage<Response> move(Request request) {
    long id = account(request);
    long limit = bank.limit(id).orElseThrow();
    Movement movement = movement(Json.read(request.body()));
    return bank.move(id, movement, idempotencyKey(request))
        .thenApply(outcome -> answer(outcome, limit));
  }

  private CompletionStage<Response> statement(Request request) {
    long id = account(request);
    return bank.statement(id).thenApply(BankRoutes::answer);
  }

  private long account(Request request) {
    String text = request.parameter("id");
    if (ID.matcher(text).matches()) {
      long id = Long.parseLong(text);
      if (bank.limit(id).isPresent()) {
        return id;
      }
    }
    throw new ProblemException(Problem.of(404, "there is no such account"));
  }

  private static Movement movement(JsonValue body) {
    if (!(body instanceof JsonObject(Map<String, JsonValue> members))) {
      throw unacceptable("the body is not an object");
    }
    if (!(members.get("valor") instanceof JsonInteger(long amount))
        || amount < 1
        || amount > Movement.MAX_AMOUNT) {
      throw unacceptable("valor is an integer from 1 to " + Movement.MAX_AMOUNT);
    }
    if (!(members.get("tipo") instanceof JsonString(String type))
        || !(type.equals("c") || type.equals("d"))) {
      throw unacceptable("tipo is \"c\" or \"d\"");
    }
    if (!(members.get("descricao") instanceof JsonString description)
        || description.text().isEmpty()
        || description.codePoints() > Movement.MAX_DESCRIPTION) {
      throw unacceptable("descricao is a string of 1 to 10 characters");
    }
    if (members.size() > 3) {
      throw unacceptable("there are members beside valor, tipo and descricao");
    }
    return new Movement(type.equals("c") ? Kind.CREDIT : Kind.DEBIT, amount, description.text());
  }

  private static Optional<String> idempotencyKey(Request request) {
    List<String> keys = request.headers("Idempotency-Key");
    if (keys.isEmpty()) {
      return Optional.empty();
    }
    String key = keys.getFirst();
    if (keys.size() > 1 || !KEY.matcher(key).matches()) {
      throw new ProblemException(
          Problem.of(400, "Idempotency-Key is sent once, as 1 to 64 visible ASCII characters"));
    }
    return Optional.of(key);
  }

  private static Response answer(Outcome outcome, long limit) {
    return switch (outcome) {
      case Outcome.Done(long balance) ->
          Response.json(
              200,
              Json.write(json -> {
                json.writeStartObject();
                json.writeNumberProperty("limite", limit);
                json.writeNumberProperty("saldo", balance);
                json.writeEndObject();
              }));
      case Outcome.Rejected(Outcome.Reason reason) ->
          unacceptable(sentence(reason)).problem().toResponse();
    };
  }

  private static String sentence(Outcome.Reason reason) {
    return switch (reason) {
      case BEYOND_LIMIT -> "the debit would go below the account's limit";
      case BALANCE_OVERFLOW -> "the balance would be too large";
      case KEY_REUSED -> "this Idempotency-Key was used for another transaction";
    };
  }

  private static Response answer(Statement statement) {
    return Response.json(
        200,
        Json.write(json -> {
          json.writeStartObject();
          json.writeObjectPropertyStart("saldo");
          json.writeNumberProperty("total", statement.balance());
          json.writeStringProperty("data_extrato", INSTANT.format(statement.at()));
          json.writeNumberProperty("limite", statement.limit());
          json.writeEndObject();
          json.writeArrayPropertyStart("ultimas_transacoes");
          for (Transaction transaction : statement.newest()) {
            Movement movement = transaction.movement();
            json.writeStartObject();
            json.writeNumberProperty("valor", movement.amount());
            json.writeStringProperty("tipo", movement.kind() == Kind.CREDIT ? "c" : "d");
            json.writeStringProperty("descricao", movement.description());
            json.writeStringProperty("realizada_em", INSTANT.format(transaction.at()));
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeEndObject();
        }));
  }

  private static ProblemException unacceptable(String detail) {
    return new ProblemException(Problem.of(422, detail));
  }

  static Optional<Problem> problemOf(Throwable error) {
    if (!(error instanceof DatabaseException failure)) {
      return Optional.empty();
    }
    return switch (failure) {
      case DatabaseException.Busy _ -> Optional.of(Problem.busy("this account"));
      case DatabaseException.OutOfSpace _ -> Optional.of(Problem.noRoom());
      case DatabaseException.OutcomeUnknown _ -> Optional.of(Problem.outcomeUnknown());
      case DatabaseException.Poisoned _,
          DatabaseException.StorageFailed _,
          DatabaseException.Closed _ ->
          Optional.of(Problem.storageUnavailable());
      default -> Optional.empty();
    };
  }
}
