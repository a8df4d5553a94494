package dev.espora.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** For tests of what is thought of answers. */
abstract class Judging {
  final Findings findings = new Findings();

  void assertInconsistent(ThrowingCallable check) {
    long before = findings.violations();
    assertThatExceptionOfType(Findings.Wrong.class).isThrownBy(check);
    assertThat(findings.violations()).isEqualTo(before + 1);
  }

  void assertFailed(ThrowingCallable check) {
    long before = findings.violations();
    assertThatExceptionOfType(Findings.Wrong.class).isThrownBy(check);
    assertThat(findings.violations()).isEqualTo(before);
  }

  static Answer ok(String body) {
    return new Answer(200, "", body);
  }
}
