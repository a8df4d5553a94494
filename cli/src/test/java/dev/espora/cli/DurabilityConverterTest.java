package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.TypeConversionException;

class DurabilityConverterTest {
  private final DurabilityConverter converter = new DurabilityConverter();

  @ParameterizedTest
  @CsvSource({
    "sync, sync",
    "sync-each, sync-each",
    "none, none",
    "interval:10ms, interval:10ms",
    "10ms, interval:10ms",
    "10, interval:10ms",
    "1s, interval:1000ms",
    "0, sync",
    "0ms, sync"
  })
  void readsNamesAndBareIntervals(String text, String durability) {
    assertThat(converter.convert(text)).hasToString(durability);
  }

  @Test
  void saysWhatIsAccepted() {
    assertThatThrownBy(() -> converter.convert("perhaps"))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("sync-each");
    assertThatThrownBy(() -> converter.convert("999999s"))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("1 minute");
  }
}
