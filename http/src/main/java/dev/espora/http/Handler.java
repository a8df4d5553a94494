package dev.espora.http;

import java.util.concurrent.CompletionStage;

/** Answers the requests of one route. */
@FunctionalInterface
public interface Handler {

  /**
   * Answers a request, now or later. Called on an event loop, so it must not block; the stage may
   * be completed by any thread, and answers go out in the order of their requests however the
   * stages complete.
   *
   * <p>A {@link ProblemException}, thrown or in the stage, becomes its problem document; any other
   * exception goes to {@link Routes.Builder#onError} and, if that does not know it, is logged and
   * becomes a 500. Neither harms the connection.
   */
  CompletionStage<Response> handle(Request request);
}
