package dev.espora.balancer;

/**
 * An instance that connections go to, and how they get there.
 *
 * @param address where the instance listens
 * @param delivery whether bytes are relayed or the socket itself is handed over
 */
public record Upstream(Address address, Delivery delivery) {

  /** How a connection reaches an upstream. */
  public enum Delivery {
    /** The balancer opens a connection of its own and copies bytes in both directions. */
    RELAY,
    /**
     * The accepted socket is passed to the instance over a unix socket; the balancer is then out of
     * the way.
     */
    HANDOFF
  }

  public Upstream {
    if (address instanceof Address.Tcp tcp) {
      if (delivery == Delivery.HANDOFF) {
        throw new IllegalArgumentException(
            "a socket can be handed over a unix socket only, not to " + address);
      }
      if (tcp.port() == 0) {
        throw new IllegalArgumentException("the upstream " + address + " needs a port from 1 on");
      }
    }
  }

  /**
   * Parses {@code unix:PATH}, {@code HOST:PORT} or {@code handoff:PATH}.
   *
   * @throws IllegalArgumentException if the text is none of them; the message names the text and
   *     the accepted forms
   */
  public static Upstream parse(String text) {
    try {
      return text.startsWith("handoff:")
          ? new Upstream(
              Address.parse("unix:" + text.substring("handoff:".length())), Delivery.HANDOFF)
          : new Upstream(Address.parse(text), Delivery.RELAY);
    } catch (IllegalArgumentException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IllegalArgumentException(
          "bad upstream '%s': %s; accepted: HOST:PORT, unix:PATH, handoff:PATH"
              .formatted(text, cause.getMessage()),
          e);
    }
  }

  @Override
  public String toString() {
    return delivery == Delivery.HANDOFF && address instanceof Address.Unix unix
        ? "handoff:" + unix.path()
        : address.toString();
  }
}
