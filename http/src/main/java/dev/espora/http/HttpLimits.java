package dev.espora.http;

/**
 * How much of anything the server takes from its clients. Immutable; start from {@link #DEFAULTS}.
 *
 * @param requestLineBytes longest request line; beyond it 414
 * @param headerBytes longest header section, and longest trailer section; beyond it 431
 * @param headers most header fields of a request; beyond it 431
 * @param bodyBytes longest body where a route says nothing else; beyond it 413
 * @param connections most connections over all listeners; a further one gets 503, a handed-over one
 *     is refused
 * @param pipelined most unanswered requests of one connection; further ones wait unread
 * @param outboundBytes most bytes that wait for one client to read them before no more of its
 *     requests are read and no more of its answers are encoded
 */
public record HttpLimits(
    int requestLineBytes,
    int headerBytes,
    int headers,
    int bodyBytes,
    int connections,
    int pipelined,
    int outboundBytes) {

  /**
   * Lines of 4 KiB, 100 headers of 8 KiB in all, bodies of 64 KiB, 10,000 connections, 64 pipelined
   * requests, 256 KiB outbound.
   */
  public static final HttpLimits DEFAULTS =
      new HttpLimits(4 << 10, 8 << 10, 100, 64 << 10, 10_000, 64, 256 << 10);

  public HttpLimits {
    atLeast("requestLineBytes", requestLineBytes, 64);
    atLeast("headerBytes", headerBytes, 64);
    atLeast("headers", headers, 1);
    atLeast("bodyBytes", bodyBytes, 0);
    atLeast("connections", connections, 1);
    atLeast("pipelined", pipelined, 1);
    atLeast("outboundBytes", outboundBytes, 1024);
  }

  public HttpLimits withBodyBytes(int bodyBytes) {
    return new HttpLimits(
        requestLineBytes, headerBytes, headers, bodyBytes, connections, pipelined, outboundBytes);
  }

  public HttpLimits withConnections(int connections) {
    return new HttpLimits(
        requestLineBytes, headerBytes, headers, bodyBytes, connections, pipelined, outboundBytes);
  }

  public HttpLimits withPipelined(int pipelined) {
    return new HttpLimits(
        requestLineBytes, headerBytes, headers, bodyBytes, connections, pipelined, outboundBytes);
  }

  public HttpLimits withOutboundBytes(int outboundBytes) {
    return new HttpLimits(
        requestLineBytes, headerBytes, headers, bodyBytes, connections, pipelined, outboundBytes);
  }

  private static void atLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(name + " is " + value + ", not at least " + least);
    }
  }
}
