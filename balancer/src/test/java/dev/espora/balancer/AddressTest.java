package dev.espora.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"127.0.0.1:9999", "localhost:1", "[::1]:80", "unix:/run/a.sock", "handoff:b.sock"})
  void upstreamIsWrittenAsItIsRead(String text) {
    assertThat(Upstream.parse(text)).hasToString(text);
  }

  @Test
  void formsOfAnUpstreamAreToldApart() {
    assertThat(Upstream.parse("handoff:/a"))
        .isEqualTo(new Upstream(new Address.Unix(Path.of("/a")), Upstream.Delivery.HANDOFF));
    assertThat(Upstream.parse("unix:/a"))
        .isEqualTo(new Upstream(new Address.Unix(Path.of("/a")), Upstream.Delivery.RELAY));
    assertThat(Upstream.parse("[::1]:80"))
        .isEqualTo(new Upstream(new Address.Tcp("::1", 80), Upstream.Delivery.RELAY));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "localhost:",
        ":80",
        "localhost:0",
        "localhost:65536",
        "localhost:99999999999",
        "localhost:-1",
        "localhost:+1",
        "localhost:http",
        "::1:80",
        "unix:",
        "handoff:"
      })
  void badUpstreamIsRefusedWithItsNameAndTheAcceptedForms(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Upstream.parse(text))
        .withMessageStartingWith("bad upstream '" + text + "': ")
        .withMessageEndingWith("accepted: HOST:PORT, unix:PATH, handoff:PATH")
        .withMessageNotContaining("\n");
  }

  @Test
  void unixPathTooLongForTheKernelIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Address.parse("unix:/" + "x".repeat(107)))
        .withMessageContaining("has 108 bytes, not 1 to 107");
    assertThat(Address.parse("unix:/" + "x".repeat(106))).isInstanceOf(Address.Unix.class);
  }

  @Test
  void badListenAddressIsRefusedWithTheAcceptedForms() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Address.parse("9999"))
        .withMessage("bad address '9999': there is no port; accepted: HOST:PORT, unix:PATH");
    assertThat(Address.parse("127.0.0.1:0")).isEqualTo(new Address.Tcp("127.0.0.1", 0));
  }

  @Test
  void policyIsWrittenAsItIsRead() {
    assertThat(Policy.parse("round-robin")).isEqualTo(Policy.ROUND_ROBIN);
    assertThat(Policy.parse("least-connections")).isEqualTo(Policy.LEAST_CONNECTIONS);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Policy.parse("random"))
        .withMessage("bad policy 'random'; accepted: round-robin, least-connections");
  }

  @Test
  void optionsThatCannotWorkAreRefused() {
    List<Address> listen = List.of(Address.parse("127.0.0.1:0"));
    Upstream handoff = Upstream.parse("handoff:/a");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BalancerOptions.of(List.of(), List.of(handoff)))
        .withMessage("a balancer needs an address to listen on");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BalancerOptions.of(listen, List.of()))
        .withMessage("the number of upstreams is 0, not within 1 to 64");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BalancerOptions.of(listen, List.of(handoff, handoff)))
        .withMessageStartingWith("an upstream is named twice");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> BalancerOptions.of(listen, List.of(handoff)).withPolicy(Policy.LEAST_CONNECTIONS))
        .withMessageContaining("cannot count the connections of handoff:/a");
    List<Address> unix = List.of(Address.parse("unix:/l"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BalancerOptions.of(unix, List.of(handoff)))
        .withMessageContaining("connections of unix:/l cannot go to handoff:/a");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BalancerLimits.DEFAULTS.withBufferBytes(65_537))
        .withMessage("bufferBytes is 65537, not within 4096 to 65536");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BalancerLimits.DEFAULTS.withIdleTimeout(Duration.ZERO))
        .withMessageStartingWith("idleTimeout is PT0S, not within");
  }
}
