package dev.espora.balancer;

import java.util.HashSet;
import java.util.List;

/**
 * How a balancer is started. Immutable; begin with {@link #of} and change what matters.
 *
 * @param listen where clients connect, at least one address
 * @param upstreams where connections go, 1 to {@value #UPSTREAMS_MAX}, all different
 * @param policy which upstream a connection goes to
 * @param eventLoops threads that move bytes, 1 to {@value #EVENT_LOOPS_MAX}
 * @param limits caps and timeouts
 */
public record BalancerOptions(
    List<Address> listen,
    List<Upstream> upstreams,
    Policy policy,
    int eventLoops,
    BalancerLimits limits) {

  /** Most upstreams of one balancer. */
  public static final int UPSTREAMS_MAX = 64;

  /** Most event loops of one balancer. */
  public static final int EVENT_LOOPS_MAX = 64;

  public BalancerOptions {
    listen = List.copyOf(listen);
    upstreams = List.copyOf(upstreams);
    if (listen.isEmpty()) {
      throw new IllegalArgumentException("a balancer needs an address to listen on");
    }
    BalancerLimits.within("the number of upstreams", upstreams.size(), 1, UPSTREAMS_MAX);
    BalancerLimits.within("eventLoops", eventLoops, 1, EVENT_LOOPS_MAX);
    if (new HashSet<>(upstreams).size() < upstreams.size()) {
      throw new IllegalArgumentException("an upstream is named twice: " + upstreams);
    }
    for (Upstream upstream : upstreams) {
      if (upstream.delivery() == Upstream.Delivery.HANDOFF) {
        requireHandoff(listen, upstream, policy);
      }
    }
  }

  private static void requireHandoff(List<Address> listen, Upstream upstream, Policy policy) {
    if (policy == Policy.LEAST_CONNECTIONS) {
      throw new IllegalArgumentException(
          "%s cannot count the connections of %s, which are handed over; use %s"
              .formatted(policy, upstream, Policy.ROUND_ROBIN));
    }
    for (Address address : listen) {
      if (address instanceof Address.Unix) {
        throw new IllegalArgumentException(
            "connections of %s cannot go to %s: only those of TCP are handed over; listen on"
                    .formatted(address, upstream)
                + " HOST:PORT, or relay to unix:PATH");
      }
    }
  }

  /**
   * Round robin, two event loops, {@link BalancerLimits#DEFAULTS}.
   *
   * @throws IllegalArgumentException if a list is empty, an upstream is named twice, or connections
   *     of a unix socket would be handed over
   */
  public static BalancerOptions of(List<Address> listen, List<Upstream> upstreams) {
    return new BalancerOptions(listen, upstreams, Policy.ROUND_ROBIN, 2, BalancerLimits.DEFAULTS);
  }

  public BalancerOptions withPolicy(Policy policy) {
    return new BalancerOptions(listen, upstreams, policy, eventLoops, limits);
  }

  public BalancerOptions withEventLoops(int eventLoops) {
    return new BalancerOptions(listen, upstreams, policy, eventLoops, limits);
  }

  public BalancerOptions withLimits(BalancerLimits limits) {
    return new BalancerOptions(listen, upstreams, policy, eventLoops, limits);
  }
}
