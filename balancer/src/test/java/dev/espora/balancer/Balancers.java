package dev.espora.balancer;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/** Balancers for the tests, on a free port of the loopback address. */
final class Balancers {
  private Balancers() {}

  static BalancerOptions options(Upstream... upstreams) {
    return BalancerOptions.of(List.of(Address.parse("127.0.0.1:0")), List.of(upstreams));
  }

  static Balancer start(TestUpstream... upstreams) throws IOException {
    return Balancer.start(
        options(Stream.of(upstreams).map(TestUpstream::upstream).toArray(Upstream[]::new)));
  }
}
