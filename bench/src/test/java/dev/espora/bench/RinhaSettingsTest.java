package dev.espora.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RinhaSettingsTest {

  @Test
  void pathsOfRequestsAreAddedToTheTarget() {
    assertThat(settings(1, 4, "http://127.0.0.1:9999/").target()).contains("http://127.0.0.1:9999");
  }

  @Test
  void aTargetIsTheRootOfAServer() {
    for (String url : List.of("127.0.0.1:9999", "http://", "http://a/b", "ftp://a", "http://a?b")) {
      assertThatIllegalArgumentException().as(url).isThrownBy(() -> settings(1, 4, url));
    }
  }

  @Test
  void thereIsSomeLoadForSomeTime() {
    assertThatIllegalArgumentException().isThrownBy(() -> settings(0, 4, "http://a"));
    assertThatIllegalArgumentException().isThrownBy(() -> settings(Double.NaN, 4, "http://a"));
    assertThatIllegalArgumentException().isThrownBy(() -> settings(101, 4, "http://a"));
    assertThatIllegalArgumentException().isThrownBy(() -> settings(1, 3, "http://a"));
  }

  private static RinhaSettings settings(double scale, long seconds, String target) {
    return new RinhaSettings(
        Contest.BANK,
        scale,
        Duration.ofSeconds(seconds),
        RinhaSettings.Limits.CONTEST,
        Optional.of(target),
        Path.of("data"),
        Optional.empty(),
        Settings.Output.TABLE,
        new RinhaSettings.Program(
            List.of("espora"), Map.of(), Path.of("lib", "load"), Path.of("bin", "limit")));
  }
}
