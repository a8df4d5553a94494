package dev.espora.balancer;

import static dev.espora.balancer.TestUpstream.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class UpstreamFailureTest {
  @TempDir Path dir;

  @Test
  void roundRobinAlternatesPerConnection() throws Exception {
    try (TestUpstream a = TestUpstream.unix(dir.resolve("a"), echo("a"));
        TestUpstream b = TestUpstream.unix(dir.resolve("b"), echo("b"));
        Balancer balancer = Balancers.start(a, b)) {
      List<String> names = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        names.add(nameServing(balancer));
      }
      assertThat(names).containsExactly("a", "b", "a", "b", "a", "b");
    }
  }

  @Test
  void leastConnectionsPrefersTheUpstreamThatHasFewest() throws Exception {
    try (TestUpstream a = TestUpstream.tcp(echo("a"));
        TestUpstream b = TestUpstream.tcp(echo("b"));
        Balancer balancer =
            Balancer.start(
                Balancers.options(a.upstream(), b.upstream())
                    .withPolicy(Policy.LEAST_CONNECTIONS));
        TestClient one = TestClient.connect(balancer);
        TestClient two = TestClient.connect(balancer)) {
      String first = one.line();
      assertThat(two.line()).isNotEqualTo(first);
      two.finish();
      for (int i = 0; i < 4; i++) {
        await().until(() -> balancer.statistics().active() == 1);
        assertThat(nameServing(balancer)).isNotEqualTo(first);
      }
    }
  }

  @Test
  void upstreamThatRefusesIsSkippedWithoutTheClientNoticing() throws Exception {
    TestUpstream gone = TestUpstream.tcp(echo("gone"));
    gone.kill();
    try (TestUpstream there = TestUpstream.unix(dir.resolve("u"), echo("there"));
        Balancer balancer =
            Balancer.start(
                Balancers.options(
                    gone.upstream(),
                    Upstream.parse("unix:" + dir.resolve("missing")),
                    there.upstream()))) {
      for (int i = 0; i < 10; i++) {
        assertThat(nameServing(balancer)).isEqualTo("there");
      }
      assertThat(balancer.statistics().refused()).isZero();
    }
  }

  @Test
  void upstreamThatClosesBeforeAByteIsSkippedWithoutTheClientNoticing() throws Exception {
    try (TestUpstream closing = TestUpstream.tcp(channel -> {});
        TestUpstream there = TestUpstream.tcp(echo("there"));
        Balancer balancer = Balancers.start(closing, there)) {
      for (int i = 0; i < 10; i++) {
        assertThat(nameServing(balancer)).isEqualTo("there");
      }
      assertThat(closing.connections()).isPositive();
    }
  }

  @Test
  void upstreamThatReturnsGetsConnectionsAgain() throws Exception {
    try (TestUpstream a = TestUpstream.tcp(echo("a"));
        TestUpstream b = TestUpstream.tcp(echo("b"));
        Balancer balancer = Balancers.start(a, b)) {
      a.kill();
      for (int i = 0; i < 4; i++) {
        assertThat(nameServing(balancer)).isEqualTo("b");
      }
      assertThat(balancer.statistics().upstreams().getFirst().up()).isFalse();
      try (TestUpstream returned = TestUpstream.tcp(a.port(), echo("a again"))) {
        assertThat(returned.upstream()).isEqualTo(a.upstream());
        await().until(() -> nameServing(balancer).equals("a again"));
      }
    }
  }

  @Test
  void allUpstreamsDownClosesTheClientAtOnceAndRecoversWhenOneReturns() throws Exception {
    Path path = dir.resolve("u");
    try (Balancer balancer = Balancer.start(Balancers.options(Upstream.parse("unix:" + path)))) {
      try (TestClient client = TestClient.connect(balancer)) {
        assertThat(client.isEnded()).isTrue();
      }
      await().until(() -> balancer.statistics().refused() == 1);
      try (TestUpstream upstream = TestUpstream.unix(path, echo("back"))) {
        assertThat(upstream.upstream().address()).isEqualTo(new Address.Unix(path));
        await().until(() -> balancer.statistics().upstreams().getFirst().up());
        assertThat(nameServing(balancer)).isEqualTo("back");
      }
    }
  }

  @Test
  void unknownHostIsAnUpstreamThatIsDown() throws Exception {
    try (TestUpstream there = TestUpstream.tcp(echo("there"));
        Balancer balancer =
            Balancer.start(
                Balancers.options(Upstream.parse("no-such-host.invalid:80"), there.upstream()))) {
      assertThat(nameServing(balancer)).isEqualTo("there");
      assertThat(nameServing(balancer)).isEqualTo("there");
    }
  }

  private static String nameServing(Balancer balancer) throws Exception {
    try (TestClient client = TestClient.connect(balancer)) {
      return client.line();
    }
  }
}
