package dev.espora.bench.load;

import static io.gatling.javaapi.core.CoreDsl.StringBody;
import static io.gatling.javaapi.core.CoreDsl.bodyString;
import static io.gatling.javaapi.core.CoreDsl.responseTimeInMillis;
import static io.gatling.javaapi.http.HttpDsl.header;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import io.gatling.javaapi.core.Session;
import io.gatling.javaapi.http.HttpProtocolBuilder;
import io.gatling.javaapi.http.HttpRequestActionBuilder;
import java.util.function.Function;

/**
 * Requests as the contests send them: JSON without other headers, a connection for each user. Each
 * is judged by one function, which sees all of the answer and throws {@link Findings.Wrong}.
 *
 * @param findings what is told of each request and answer
 */
record Requests(Findings findings) {
  private static final String STATUS = "status";
  private static final String BODY = "body";
  static final String LOCATION = "location";

  /** Decides whether an answer is right. */
  @FunctionalInterface
  interface Judge {
    /**
     * Looks at all of it.
     *
     * @throws Findings.Wrong if it is not
     * @throws IllegalArgumentException if it cannot be read
     */
    void judge(Session session, Answer answer);
  }

  static HttpProtocolBuilder protocol(Plan plan) {
    return http.baseUrl(plan.target()).userAgentHeader("Espora load").disableWarmUp();
  }

  HttpRequestActionBuilder get(String name, Function<Session, String> path, Judge judge) {
    return judged(http(name).get(sending(name, path)), name, judge);
  }

  HttpRequestActionBuilder post(
      String name, Function<Session, String> path, Function<Session, String> json, Judge judge) {
    HttpRequestActionBuilder request =
        http(name)
            .post(sending(name, path))
            .header("content-type", "application/json")
            .body(StringBody(json));
    return judged(request, name, judge);
  }

  private Function<Session, String> sending(String name, Function<Session, String> path) {
    Tally tally = findings.kind(name);
    return session -> {
      tally.sending();
      return path.apply(session);
    };
  }

  /** The time is the last thing that Gatling checks, so its check sees all of the others. */
  private HttpRequestActionBuilder judged(
      HttpRequestActionBuilder request, String name, Judge judge) {
    Tally tally = findings.kind(name);
    return request.check(
        status().saveAs(STATUS),
        header("Location").withDefault("").saveAs(LOCATION),
        bodyString().withDefault("").saveAs(BODY),
        responseTimeInMillis()
            .validate(
                "right",
                (millis, session) -> {
                  tally.answered(millis);
                  judge(session, tally, judge);
                  return millis;
                }));
  }

  private void judge(Session session, Tally tally, Judge judge) {
    Answer answer =
        new Answer(session.getInt(STATUS), session.getString(LOCATION), session.getString(BODY));
    try {
      judge.judge(session, answer);
    } catch (Findings.Wrong e) {
      tally.wrong();
      throw e;
    } catch (RuntimeException e) {
      tally.wrong();
      throw findings.failed(e.getMessage() + " in " + answer);
    }
  }
}
