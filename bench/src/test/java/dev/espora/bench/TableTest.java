package dev.espora.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class TableTest {
  private final Table table = new Table().column("side", 0).column("rate", 0).column("ratio", 2);

  @Test
  void textIsAlignedLeftAndNumbersRight() {
    table.row("floor", 12_345.6, 1.0);
    table.row("espora", 99.0, Double.NaN);

    assertThat(printed().lines())
        .containsExactly("side      rate  ratio", "floor   12,346   1.00", "espora      99");
  }

  @Test
  void jsonKeepsAllDigitsAndTurnsNanIntoNull() {
    table.row("a \"quoted\" name", 12_345.6, Double.NaN);

    assertThat(table.json())
        .isEqualTo(
            """
            [
              {"side": "a \\"quoted\\" name", "rate": 12345.6, "ratio": null}
            ]\
            """);
  }

  private String printed() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    table.print(new PrintStream(bytes, true, UTF_8));
    return bytes.toString(UTF_8);
  }
}
