package dev.espora.people;

import dev.espora.db.DatabaseException;
import dev.espora.http.Json;
import dev.espora.http.Problem;
import dev.espora.http.ProblemException;
import dev.espora.http.Request;
import dev.espora.http.Response;
import dev.espora.http.Routes;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;

/** The registry over HTTP, as {@code docs/people.md} says. */
public final class PeopleRoutes {
  private static final Pattern ID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private final Registry registry;

  private PeopleRoutes(Registry registry) {
    this.registry = registry;
  }

  /** The routes of a registry. */
  public static Routes of(Registry registry) {
    PeopleRoutes routes = new PeopleRoutes(registry);
    return Routes.builder()
        .post("/pessoas", routes::register)
        .get("/pessoas", routes::search)
        .get("/pessoas/{id}", routes::find)
        .get("/contagem-pessoas", routes::count)
        .onError(PeopleRoutes::problemOf)
        .build();
  }

  private CompletionStage<Response> register(Request request) {
    Person person = PersonJson.read(Json.read(request.body()));
    return registry
        .register(person)
        .thenApply(id ->
            id.map(given -> Response.empty(201).withHeader("Location", "/pessoas/" + given))
                .orElseGet(() -> Problem.of(422, "this apelido is taken").toResponse()));
  }

  private CompletionStage<Response> find(Request request) {
    String text = request.parameter("id");
    if (!ID.matcher(text).matches()) {
      throw new ProblemException(noSuchPerson());
    }
    return registry
        .find(UUID.fromString(text))
        .thenApply(found ->
            found
                .map(person ->
                    Response.json(200, Json.write(json -> PersonJson.write(person, json))))
                .orElseGet(() -> noSuchPerson().toResponse()));
  }

  private CompletionStage<Response> search(Request request) {
    String term =
        request
            .query("t")
            .filter(text -> !text.isEmpty())
            .orElseThrow(() ->
                new ProblemException(Problem.of(400, "t, the term to search for, is missing")));
    return registry
        .search(term)
        .thenApply(found ->
            Response.json(
                200,
                Json.write(json -> {
                  json.writeStartArray();
                  found.forEach(person -> PersonJson.write(person, json));
                  json.writeEndArray();
                })));
  }

  private CompletionStage<Response> count(Request request) {
    return CompletableFuture.completedStage(Response.text(200, Long.toString(registry.count())));
  }

  private static Problem noSuchPerson() {
    return Problem.of(404, "there is no such person");
  }

  static Optional<Problem> problemOf(Throwable error) {
    if (!(error instanceof DatabaseException failure)) {
      return Optional.empty();
    }
    return switch (failure) {
      case DatabaseException.Busy _ -> Optional.of(Problem.busy("the registry"));
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
