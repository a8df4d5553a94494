package dev.espora.http;

import static java.util.concurrent.CompletableFuture.completedStage;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;

/**
 * Servers on loopback whose handlers answer at once, when they are told to, much, or not at all.
 */
abstract class ConnectionFixture {
  record Pending(Request request, CompletableFuture<Response> answer) {
    void complete() {
      answer.complete(Response.text(200, request.path()));
    }
  }

  final BlockingQueue<Pending> pending = new LinkedBlockingQueue<>();
  final AtomicInteger huge = new AtomicInteger();
  final Routes routes =
      Routes.builder()
          .get("/hello", request -> completedStage(Response.text(200, "hello")))
          .post("/hello", request -> completedStage(Response.json(201, request.body())))
          .get(
              "/huge",
              request -> {
                huge.incrementAndGet();
                return completedStage(Response.json(200, new byte[8 << 20]));
              })
          .get("/large", request -> completedStage(Response.json(200, new byte[32 << 10])))
          .get(
              "/later/{n}",
              request -> {
                Pending next = new Pending(request, new CompletableFuture<>());
                pending.add(next);
                return next.answer;
              })
          .get(
              "/throws",
              request -> {
                throw new IllegalStateException("on purpose");
              })
          .get("/overflows", request -> overflow(0))
          .get("/fails", request -> CompletableFuture.failedFuture(new Exception("on purpose")))
          .get(
              "/teapot",
              request ->
                  CompletableFuture.supplyAsync(() -> {
                    throw new ProblemException(Problem.of(409, "a conflict"));
                  }))
          .get("/known", request -> CompletableFuture.failedFuture(new ArithmeticException()))
          .onError(error ->
              error instanceof ArithmeticException
                  ? Optional.of(Problem.of(503, "later").withHeader("Retry-After", "1"))
                  : Optional.empty())
          .build();

  final List<HttpServer> servers = new ArrayList<>();

  @AfterEach
  void stop() {
    servers.forEach(server -> server.drain(Duration.ZERO));
  }

  HttpServer start() throws IOException {
    return start(HttpLimits.DEFAULTS, HttpTimeouts.DEFAULTS);
  }

  HttpServer start(HttpLimits limits, HttpTimeouts timeouts) throws IOException {
    HttpServer server =
        HttpServer.builder(routes)
            .listen("127.0.0.1:0")
            .limits(limits)
            .timeouts(timeouts)
            .eventLoops(2)
            .start();
    servers.add(server);
    return server;
  }

  Pending next() throws InterruptedException {
    Pending next = pending.poll(10, TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next;
  }

  private static CompletionStage<Response> overflow(int depth) {
    return depth < 0 ? completedStage(Response.empty(204)) : overflow(depth + 1);
  }

  static Duration millis(long millis) {
    return Duration.ofMillis(millis);
  }

  static String request(String line) {
    return line + " HTTP/1.1\r\nHost: x\r\n\r\n";
  }
}
