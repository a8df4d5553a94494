package dev.espora.http;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One request of a connection and, once its handler is done, its answer. */
final class Exchange implements BiConsumer<@Nullable Response, @Nullable Throwable> {
  private final Connection connection;
  private final @Nullable Request request;
  private final boolean asksForHead;
  private final long startedNanos;
  // Written by whoever completes the handler's stage, read by the event loop.
  private volatile @Nullable Response response;

  /** An exchange that waits for a handler. */
  Exchange(Connection connection, Request request, long startedNanos) {
    this.connection = connection;
    this.request = request;
    this.asksForHead = request.method().equals("HEAD");
    this.startedNanos = startedNanos;
  }

  /**
   * An answer that takes its place behind those of earlier requests.
   *
   * @param asksForHead whether what it answers asks for a head alone
   */
  Exchange(Connection connection, Response response, boolean asksForHead, long startedNanos) {
    this.connection = connection;
    this.request = null;
    this.asksForHead = asksForHead;
    this.response = response;
    this.startedNanos = startedNanos;
  }

  @Override
  public void accept(@Nullable Response answer, @Nullable Throwable error) {
    response = answer != null ? answer : connection.service().routes().answerTo(error, request);
    connection.shard().completed(this);
  }

  Connection connection() {
    return connection;
  }

  @Nullable Request request() {
    return request;
  }

  boolean asksForHead() {
    return asksForHead;
  }

  @Nullable Response response() {
    return response;
  }

  long startedNanos() {
    return startedNanos;
  }
}
