package dev.espora.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PeersSettingsTest {

  @Test
  void theSmallestSizeComesFirstSinceTheOthersAreMeasuredByIt() {
    assertThat(settings(1, List.of(100, 10)).sizes()).containsExactly(10, 100);
  }

  @Test
  void storesHoldAtLeastOneEntryAndAtMostAsManyAsThereAreKeys() {
    assertThatIllegalArgumentException().isThrownBy(() -> settings(0, List.of(1)));
    assertThatIllegalArgumentException().isThrownBy(() -> settings(100_000_001, List.of(1)));
    assertThatIllegalArgumentException().isThrownBy(() -> settings(1, List.of(0, 1)));
    assertThatIllegalArgumentException().isThrownBy(() -> settings(1, List.of()));
  }

  private static PeersSettings settings(int entries, List<Integer> sizes) {
    PeersSettings defaults = PeersSettings.DEFAULTS;
    return new PeersSettings(
        defaults.measurements(), defaults.engines(), entries, sizes, Optional.empty());
  }
}
