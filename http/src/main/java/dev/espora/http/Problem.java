package dev.espora.http;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What went wrong with a request, as RFC 9457 has it.
 *
 * @param status the HTTP status, 400 to 599
 * @param title the same for every problem of its kind
 * @param detail one sentence about this one; it says what would have been right
 * @param headers further response headers, such as {@code Allow}
 */
public record Problem(int status, String title, String detail, Map<String, String> headers) {

  public Problem {
    if (status < 400 || status > 599) {
      throw new IllegalArgumentException("status " + status + " is not between 400 and 599");
    }
    headers = Map.copyOf(headers);
  }

  /** A problem whose title is its status' reason phrase. */
  public static Problem of(int status, String detail) {
    return new Problem(status, Response.reason(status), detail, Map.of());
  }

  /**
   * A service that has too much to do just now, and has changed nothing.
   *
   * @param what too much is waiting for
   */
  public static Problem busy(String what) {
    return of(503, "too much is waiting for " + what + "; nothing was changed")
        .withHeader("Retry-After", "1");
  }

  /** Storage that is full; nothing was changed. */
  public static Problem noRoom() {
    return of(507, "there is no room left; nothing was changed");
  }

  /** Storage that failed in the middle of a change. */
  public static Problem outcomeUnknown() {
    return of(503, "storage failed; whether this took effect is unknown");
  }

  /** Storage that cannot be used, now and until the service is started again. */
  public static Problem storageUnavailable() {
    return of(503, "storage is not available");
  }

  public Problem withHeader(String name, String value) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put(name, value);
    return new Problem(status, title, detail, all);
  }

  /** The {@code application/problem+json} document. */
  public Response toResponse() {
    byte[] body =
        Json.write(json -> {
          json.writeStartObject();
          json.writeStringProperty("type", "about:blank");
          json.writeStringProperty("title", title);
          json.writeNumberProperty("status", status);
          json.writeStringProperty("detail", detail);
          json.writeEndObject();
        });
    Response response = Response.of(status, "application/problem+json", body);
    for (Map.Entry<String, String> header : headers.entrySet()) {
      response = response.withHeader(header.getKey(), header.getValue());
    }
    return response;
  }
}
