package dev.espora.http;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who answers what: path templates such as {@code /clientes/{id}/extrato}, and per method a {@link
 * Handler}. Immutable and safe for use by any number of threads.
 *
 * <p>An unknown path is answered 404, an unknown method on a known path 405 with {@code Allow}; a
 * {@code GET} handler answers {@code HEAD} as well, and {@code OPTIONS} is answered with {@code
 * Allow}.
 */
public final class Routes {
  private static final Logger LOG = System.getLogger(Routes.class.getName());

  private final List<Resource> resources;
  private final Function<Throwable, Optional<Problem>> onError;

  private Routes(List<Resource> resources, Function<Throwable, Optional<Problem>> onError) {
    this.resources = List.copyOf(resources);
    this.onError = onError;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Collects routes; for use by one thread. */
  public static final class Builder {
    private final Map<List<String>, Resource> resources = new LinkedHashMap<>();
    private Function<Throwable, Optional<Problem>> onError = error -> Optional.empty();

    private Builder() {}

    public Builder get(String template, Handler handler) {
      return add("GET", template, handler);
    }

    public Builder post(String template, Handler handler) {
      return add("POST", template, handler);
    }

    /** Adds a route whose bodies are limited by {@link HttpLimits#bodyBytes}. */
    public Builder add(String method, String template, Handler handler) {
      return put(method, template, new Action(handler, -1));
    }

    /**
     * Adds a route with a body limit of its own.
     *
     * @param template segments as they are, or {@code {name}} for exactly one non-empty segment;
     *     where two templates fit a path, the one added first answers
     * @param bodyBytes longest body; beyond it 413
     */
    public Builder add(String method, String template, int bodyBytes, Handler handler) {
      if (bodyBytes < 0) {
        throw new IllegalArgumentException("bodyBytes " + bodyBytes + " is negative");
      }
      return put(method, template, new Action(handler, bodyBytes));
    }

    /**
     * Says which problem an exception of a handler is. What it leaves empty is logged and answered
     * 500.
     */
    public Builder onError(Function<Throwable, Optional<Problem>> onError) {
      this.onError = onError;
      return this;
    }

    public Routes build() {
      return new Routes(List.copyOf(resources.values()), onError);
    }

    private Builder put(String method, String template, Action action) {
      if (!Syntax.isToken(method) || !template.startsWith("/")) {
        throw new IllegalArgumentException("not a route: " + method + " " + template);
      }
      List<String> segments = List.of(template.substring(1).split("/", -1));
      Resource resource = resources.computeIfAbsent(segments, Resource::new);
      if (resource.actions.put(method, action) != null) {
        throw new IllegalArgumentException("two routes for " + method + " " + template);
      }
      return this;
    }
  }

  /** What a request gets: its handler, the limit of its body, its path parameters. */
  record Match(Handler handler, int bodyBytes, Map<String, String> parameters) {}

  private record Action(Handler handler, int bodyBytes) {
    private Action on(Executor executor) {
      Handler there =
          request ->
              CompletableFuture.supplyAsync(() -> handler.handle(request), executor)
                  .thenCompose(answer -> answer);
      return new Action(there, bodyBytes);
    }
  }

  private static final class Resource {
    final List<String> segments;
    final Map<String, Action> actions = new LinkedHashMap<>();

    Resource(List<String> segments) {
      this.segments = segments;
    }

    Resource readingOn(Executor executor) {
      Resource same = new Resource(segments);
      same.actions.putAll(actions);
      same.actions.computeIfPresent("GET", (_, action) -> action.on(executor));
      return same;
    }

    @Nullable Map<String, String> match(List<String> path) {
      if (path.size() != segments.size()) {
        return null;
      }
      Map<String, String> parameters = Map.of();
      for (int i = 0; i < path.size(); i++) {
        String expected = segments.get(i);
        String actual = path.get(i);
        if (expected.startsWith("{") && expected.endsWith("}")) {
          if (actual.isEmpty()) {
            return null;
          }
          String name = expected.substring(1, expected.length() - 1);
          if (parameters.isEmpty()) {
            parameters = Map.of(name, actual);
          } else {
            parameters = new LinkedHashMap<>(parameters);
            parameters.put(name, actual);
          }
        } else if (!expected.equals(actual)) {
          return null;
        }
      }
      return parameters;
    }

    String allow() {
      List<String> methods = new ArrayList<>(actions.keySet());
      if (actions.containsKey("GET") && !actions.containsKey("HEAD")) {
        methods.add("HEAD");
      }
      if (!actions.containsKey("OPTIONS")) {
        methods.add("OPTIONS");
      }
      return String.join(", ", methods);
    }
  }

  /**
   * The same with handlers of {@code GET} that may block: they run on an executor, not on event
   * loops. Requests that change something are still taken up in the order in which a client sent
   * them.
   */
  public Routes readingOn(Executor executor) {
    return new Routes(resources.stream().map(each -> each.readingOn(executor)).toList(), onError);
  }

  Match match(String method, Target target) {
    if (target.isAsterisk()) {
      return fixed(Response.empty(204).withHeader("Allow", "GET, HEAD, OPTIONS, POST"));
    }
    for (Resource resource : resources) {
      Map<String, String> parameters = resource.match(target.segments());
      if (parameters != null) {
        Action action = resource.actions.get(method);
        if (action == null && method.equals("HEAD")) {
          action = resource.actions.get("GET");
        }
        if (action != null) {
          return new Match(action.handler, action.bodyBytes, parameters);
        }
        if (method.equals("OPTIONS")) {
          return fixed(Response.empty(204).withHeader("Allow", resource.allow()));
        }
        return fixed(
            Problem.of(405, "this path allows " + resource.allow())
                .withHeader("Allow", resource.allow())
                .toResponse());
      }
    }
    return fixed(Problem.of(404, "nothing is at this path").toResponse());
  }

  /** What a client hears of an exception of its handler, null if the handler gave no answer. */
  Response answerTo(@Nullable Throwable error, @Nullable Request request) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    if (cause instanceof ProblemException expected) {
      return expected.problem().toResponse();
    }
    if (cause != null) {
      try {
        Optional<Problem> known = onError.apply(cause);
        if (known.isPresent()) {
          return known.get().toResponse();
        }
      } catch (RuntimeException e) {
        cause.addSuppressed(e);
      }
    }
    String what = request == null ? "a request" : request.method() + " " + request.path();
    LOG.log(Level.ERROR, what + " failed", cause);
    return Problem.of(500, "the server failed to answer").toResponse();
  }

  private static Match fixed(Response response) {
    CompletionStage<Response> stage = CompletableFuture.completedStage(response);
    return new Match(request -> stage, -1, Map.of());
  }
}
