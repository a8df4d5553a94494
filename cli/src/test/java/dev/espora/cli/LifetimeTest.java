package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class LifetimeTest {
  private final TimeConverter times = new TimeConverter();

  @ParameterizedTest
  @ValueSource(strings = {"0s", "8s", "60s", "525600m", "31536000000ms"})
  void aDrainIsNeverCutOffHoweverLongItIs(String drain) {
    Duration stated = times.convert(drain);
    assertThat(Lifetime.patience(stated)).isGreaterThan(stated.plusSeconds(10));
    assertThat(Lifetime.patience(stated).toNanos()).isPositive();
  }

  @Test
  void whatNobodyWaitsForIsRefused() {
    assertThatThrownBy(() -> times.convert("525601m"))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage("'525601m' is longer than a year");
  }
}
