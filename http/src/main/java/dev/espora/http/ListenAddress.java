package dev.espora.http;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Where a server listens: {@code HOST:PORT}, {@code unix:PATH} or {@code handoff:PATH}. */
public sealed interface ListenAddress {

  /**
   * A TCP port.
   *
   * @param host a name or address; an IPv6 address without brackets
   * @param port 0 to 65535; 0 takes a free one
   */
  record Tcp(String host, int port) implements ListenAddress {
    public Tcp {
      if (host.isEmpty()) {
        throw new IllegalArgumentException("a TCP address needs a host");
      }
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("port " + port + " is not between 0 and 65535");
      }
    }

    @Override
    public String toString() {
      return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /** A unix stream socket, for this user only (mode 0600). */
  record Unix(Path path) implements ListenAddress {
    public Unix {
      requireSocketPath(path);
    }

    @Override
    public String toString() {
      return "unix:" + path;
    }
  }

  /**
   * A unix stream socket, for this user only, over which a balancer hands over the client
   * connections it accepted: one descriptor (SCM_RIGHTS) per connection, answered by one byte, 'A'
   * for accepted or 'R' for refused. Linux only.
   */
  record Handoff(Path path) implements ListenAddress {
    public Handoff {
      requireSocketPath(path);
    }

    @Override
    public String toString() {
      return "handoff:" + path;
    }
  }

  /**
   * Reads {@code HOST:PORT}, {@code :PORT} (loopback), {@code [IPV6]:PORT}, {@code unix:PATH} or
   * {@code handoff:PATH}.
   *
   * @throws IllegalArgumentException with a sentence that names what is wrong
   */
  static ListenAddress parse(String text) {
    if (text.startsWith("unix:")) {
      return new Unix(path(text, "unix:"));
    }
    if (text.startsWith("handoff:")) {
      return new Handoff(path(text, "handoff:"));
    }
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException(
          "address '" + text + "' is none of HOST:PORT, unix:PATH, handoff:PATH");
    }
    String host = text.substring(0, colon);
    String port = text.substring(colon + 1);
    if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
      throw new IllegalArgumentException(
          "address '" + text + "': port '" + port + "' is not between 0 and 65535");
    }
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":")) {
      throw new IllegalArgumentException(
          "address '" + text + "': write an IPv6 address in brackets, as in [::1]:9999");
    }
    return new Tcp(host.isEmpty() ? "127.0.0.1" : host, Integer.parseInt(port));
  }

  private static Path path(String text, String scheme) {
    if (text.length() == scheme.length()) {
      throw new IllegalArgumentException("address '" + text + "' has no path");
    }
    return Path.of(text.substring(scheme.length()));
  }

  private static void requireSocketPath(Path path) {
    // sun_path has 108 bytes with its terminator, and the socket is bound under a longer temporary
    // name in the same directory first.
    int length = path.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > 80) {
      throw new IllegalArgumentException(
          "socket path " + path + " has " + length + " bytes; at most 80 are possible");
    }
  }
}
