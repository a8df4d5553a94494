package dev.espora.balancer;

import java.time.Duration;

/**
 * How much of anything a balancer bears, and how long it waits. Immutable; begin with {@link
 * #DEFAULTS} and change what matters.
 *
 * @param maxConnections most connections at a time; those handed over do not count, the instance
 *     that took them has its own cap
 * @param maxConnectionsPerSource the same for one source IP address; does not apply to unix sockets
 * @param bufferBytes most bytes held for a slow reader, per direction of a connection; 4 KiB to 64
 *     KiB
 * @param maxHeldBytes the same for all connections together, or else clients that never read would
 *     use up the heap; beyond it those are closed that hold most and read least
 * @param connectTimeout how long an upstream has to take a connection
 * @param queueTimeout how long a client waits for an upstream to have room, where one is there but
 *     has none
 * @param idleTimeout a relayed connection on which no byte moved in either direction for this long
 *     is closed
 * @param handoffTimeout how long an instance has to answer for a descriptor before its client is
 *     cut off
 */
public record BalancerLimits(
    int maxConnections,
    int maxConnectionsPerSource,
    int bufferBytes,
    long maxHeldBytes,
    Duration connectTimeout,
    Duration queueTimeout,
    Duration idleTimeout,
    Duration handoffTimeout) {

  private static final int BUFFER_BYTES_MIN = 4 << 10;
  private static final int BUFFER_BYTES_MAX = 64 << 10;
  private static final Duration TIMEOUT_MIN = Duration.ofMillis(1);
  private static final Duration TIMEOUT_MAX = Duration.ofDays(1);

  /**
   * 16,384 connections, 8,192 of one source, 64 KiB of buffer, half of the heap for all buffers, 1
   * s to connect, 10 s for room, 60 s idle, 5 s for an instance's answer.
   */
  public static final BalancerLimits DEFAULTS =
      new BalancerLimits(
          16_384,
          8_192,
          BUFFER_BYTES_MAX,
          Runtime.getRuntime().maxMemory() / 2,
          Duration.ofSeconds(1),
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofSeconds(5));

  public BalancerLimits {
    within("maxConnections", maxConnections, 1, Integer.MAX_VALUE);
    within("maxConnectionsPerSource", maxConnectionsPerSource, 1, Integer.MAX_VALUE);
    within("bufferBytes", bufferBytes, BUFFER_BYTES_MIN, BUFFER_BYTES_MAX);
    if (maxHeldBytes < bufferBytes) {
      throw new IllegalArgumentException(
          "maxHeldBytes is %d, not at least %d".formatted(maxHeldBytes, bufferBytes));
    }
    within("connectTimeout", connectTimeout);
    within("queueTimeout", queueTimeout);
    within("idleTimeout", idleTimeout);
    within("handoffTimeout", handoffTimeout);
  }

  public BalancerLimits withMaxConnections(int maxConnections) {
    return new BalancerLimits(
        maxConnections,
        maxConnectionsPerSource,
        bufferBytes,
        maxHeldBytes,
        connectTimeout,
        queueTimeout,
        idleTimeout,
        handoffTimeout);
  }

  public BalancerLimits withMaxConnectionsPerSource(int maxConnectionsPerSource) {
    return new BalancerLimits(
        maxConnections,
        maxConnectionsPerSource,
        bufferBytes,
        maxHeldBytes,
        connectTimeout,
        queueTimeout,
        idleTimeout,
        handoffTimeout);
  }

  public BalancerLimits withBufferBytes(int bufferBytes) {
    return new BalancerLimits(
        maxConnections,
        maxConnectionsPerSource,
        bufferBytes,
        maxHeldBytes,
        connectTimeout,
        queueTimeout,
        idleTimeout,
        handoffTimeout);
  }

  public BalancerLimits withMaxHeldBytes(long maxHeldBytes) {
    return new BalancerLimits(
        maxConnections,
        maxConnectionsPerSource,
        bufferBytes,
        maxHeldBytes,
        connectTimeout,
        queueTimeout,
        idleTimeout,
        handoffTimeout);
  }

  public BalancerLimits withConnectTimeout(Duration connectTimeout) {
    return new BalancerLimits(
        maxConnections,
        maxConnectionsPerSource,
        bufferBytes,
        maxHeldBytes,
        connectTimeout,
        queueTimeout,
        idleTimeout,
        handoffTimeout);
  }

  public BalancerLimits withQueueTimeout(Duration queueTimeout) {
    return new BalancerLimits(
        maxConnections,
        maxConnectionsPerSource,
        bufferBytes,
        maxHeldBytes,
        connectTimeout,
        queueTimeout,
        idleTimeout,
        handoffTimeout);
  }

  public BalancerLimits withIdleTimeout(Duration idleTimeout) {
    return new BalancerLimits(
        maxConnections,
        maxConnectionsPerSource,
        bufferBytes,
        maxHeldBytes,
        connectTimeout,
        queueTimeout,
        idleTimeout,
        handoffTimeout);
  }

  public BalancerLimits withHandoffTimeout(Duration handoffTimeout) {
    return new BalancerLimits(
        maxConnections,
        maxConnectionsPerSource,
        bufferBytes,
        maxHeldBytes,
        connectTimeout,
        queueTimeout,
        idleTimeout,
        handoffTimeout);
  }

  static void within(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "%s is %d, not within %d to %d".formatted(name, value, min, max));
    }
  }

  private static void within(String name, Duration value) {
    if (value.compareTo(TIMEOUT_MIN) < 0 || value.compareTo(TIMEOUT_MAX) > 0) {
      throw new IllegalArgumentException(
          "%s is %s, not within %s to %s".formatted(name, value, TIMEOUT_MIN, TIMEOUT_MAX));
    }
  }
}
