package dev.espora.http;

import java.time.Duration;

/**
 * How long the server waits for whom. Deadlines are looked at a few times per period, so each may
 * be overstepped by at most an eighth of the shortest one or 250 ms, whichever is less.
 *
 * @param request from the first byte of a request to its last; beyond it 408
 * @param answer from the last byte of a request to the handler's answer; beyond it 503, and the
 *     connection is closed
 * @param idle without a byte in either direction and without a request in flight; beyond it the
 *     connection is closed
 * @param stall how long a client may take nothing while more than {@link HttpLimits#outboundBytes}
 *     or its last answers wait for it; beyond it the connection is closed
 */
public record HttpTimeouts(Duration request, Duration answer, Duration idle, Duration stall) {

  /** A request within 4 s, an answer within 30 s, idle for 60 s, stalled for 10 s. */
  public static final HttpTimeouts DEFAULTS =
      new HttpTimeouts(
          Duration.ofSeconds(4),
          Duration.ofSeconds(30),
          Duration.ofSeconds(60),
          Duration.ofSeconds(10));

  public HttpTimeouts {
    positive("request", request);
    positive("answer", answer);
    positive("idle", idle);
    positive("stall", stall);
  }

  public HttpTimeouts withRequest(Duration request) {
    return new HttpTimeouts(request, answer, idle, stall);
  }

  public HttpTimeouts withAnswer(Duration answer) {
    return new HttpTimeouts(request, answer, idle, stall);
  }

  public HttpTimeouts withIdle(Duration idle) {
    return new HttpTimeouts(request, answer, idle, stall);
  }

  public HttpTimeouts withStall(Duration stall) {
    return new HttpTimeouts(request, answer, idle, stall);
  }

  /** Milliseconds between two looks at the deadlines. */
  long tickMillis() {
    long shortest =
        Math.min(
            Math.min(request.toMillis(), answer.toMillis()),
            Math.min(idle.toMillis(), stall.toMillis()));
    return Math.clamp(shortest / 8, 5, 250);
  }

  private static void positive(String name, Duration value) {
    if (value.toMillis() < 1 || value.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          name + " timeout " + value + " is not between 1 ms and 1 day");
    }
  }
}
