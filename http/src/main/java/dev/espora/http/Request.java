package dev.espora.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request that arrived whole and valid. Immutable but for its body array; safe for use by any
 * thread.
 */
public final class Request {
  private final RequestHead head;
  private final Map<String, String> parameters;
  private final byte[] body;

  Request(RequestHead head, Map<String, String> parameters, byte[] body) {
    this.head = head;
    this.parameters = parameters;
    this.body = body;
  }

  /** As it was sent, so {@code HEAD} where a {@code GET} handler answers it. */
  public String method() {
    return head.method();
  }

  /** The path as it was sent, escapes and all, without the query. */
  public String path() {
    return head.target().path();
  }

  /**
   * The decoded segment that stands for {@code {name}} in the route's template.
   *
   * @throws IllegalArgumentException if the template has no such name
   */
  public String parameter(String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the route has no parameter " + name);
    }
    return value;
  }

  /** The decoded value of a query parameter; empty text for {@code ?name} and {@code ?name=}. */
  public Optional<String> query(String name) {
    return Optional.ofNullable(head.target().query().get(name));
  }

  /** The values of all header fields of a name, in whatever case, in the order they came. */
  public List<String> headers(String name) {
    return head.values(name);
  }

  /** The body itself, not a copy; of length 0 where there is none. */
  public byte[] body() {
    return body;
  }

  boolean http11() {
    return head.http11();
  }

  boolean keepAlive() {
    return head.keepAlive();
  }

  boolean upgrade() {
    return head.upgrade();
  }
}
