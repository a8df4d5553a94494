package dev.espora.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FindingsTest {
  private final Findings findings = new Findings();

  @Test
  void tellsOfEachKindWhatWasSentAndWhatFailedOrHasNoAnswer() {
    Tally debits = findings.kind("debits");
    for (int i = 0; i < 4; i++) {
      debits.sending();
    }
    debits.answered(10);
    debits.answered(20);
    debits.answered(30);
    debits.wrong();
    Findings.Wrong _ = findings.inconsistent("below\nits limit");

    assertThat(findings.answers()).isEqualTo(3);
    assertThat(findings.lines())
        .containsExactly(
            "kind debits\t4\t2\t20\t30\t30\t30",
            "example inconsistent: below its limit",
            "unanswered 1",
            "violations 1");
  }

  @Test
  void aFewExamplesAreEnough() {
    for (int i = 0; i < 100; i++) {
      Findings.Wrong _ = findings.failed("reason " + i);
    }

    assertThat(findings.lines()).hasSizeLessThan(10).contains("violations 0");
  }
}
