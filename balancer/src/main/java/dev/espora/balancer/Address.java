package dev.espora.balancer;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Where a socket listens: a TCP host and port, or a unix socket's path. */
public sealed interface Address {

  /** The longest path of a unix socket, in bytes; the kernel holds 108 with the final zero. */
  int UNIX_PATH_BYTES_MAX = 107;

  /**
   * A TCP address.
   *
   * @param host a host name, an IPv4 address, or an IPv6 address without brackets
   * @param port 0 to 65535; 0 only makes sense to listen on, and means any free port
   */
  record Tcp(String host, int port) implements Address {
    public Tcp {
      if (host.isBlank()) {
        throw new IllegalArgumentException("a TCP address has no host");
      }
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("port " + port + " is not within 0 to 65535");
      }
    }

    @Override
    public String toString() {
      return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /**
   * A unix stream socket.
   *
   * @param path at most {@value #UNIX_PATH_BYTES_MAX} bytes in UTF-8
   */
  record Unix(Path path) implements Address {
    public Unix {
      int bytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
      if (bytes == 0 || bytes > UNIX_PATH_BYTES_MAX) {
        throw new IllegalArgumentException(
            "the unix socket path '%s' has %d bytes, not 1 to %d"
                .formatted(path, bytes, UNIX_PATH_BYTES_MAX));
      }
    }

    @Override
    public String toString() {
      return "unix:" + path;
    }
  }

  /**
   * Parses {@code HOST:PORT} (an IPv6 host in brackets) or {@code unix:PATH}.
   *
   * @throws IllegalArgumentException if the text is neither; the message names the text and the
   *     accepted forms
   */
  static Address parse(String text) {
    try {
      return text.startsWith("unix:")
          ? new Unix(Path.of(text.substring("unix:".length())))
          : parseTcp(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "bad address '%s': %s; accepted: HOST:PORT, unix:PATH".formatted(text, e.getMessage()),
          e);
    }
  }

  private static Tcp parseTcp(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("there is no port");
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw new IllegalArgumentException("an IPv6 host needs brackets");
    }
    String port = text.substring(colon + 1);
    if (port.isEmpty() || port.length() > 5 || !port.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new IllegalArgumentException("the port '" + port + "' is not a number from 0 to 65535");
    }
    return new Tcp(host, Integer.parseInt(port));
  }
}
