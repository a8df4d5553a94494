package dev.espora.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadReportTest {

  @Test
  void readsUpToTheLastLine() {
    List<Long> answers = new ArrayList<>();
    Iterator<String> lines =
        List.of(
                "answers 3",
                "answers 8",
                "kind invalid searches\t10\t2\t1\t2\t3\t4",
                "example failed: 500 instead of 400",
                "unanswered 1",
                "violations 0",
                "not read")
            .iterator();

    LoadReport report = LoadReport.read(lines::next, answers::add);

    assertThat(answers).containsExactly(3L, 8L);
    assertThat(report)
        .isEqualTo(
            new LoadReport(
                List.of(new LoadReport.Kind("invalid searches", 10, 2, 1, 2, 3, 4)),
                1,
                0,
                List.of("failed: 500 instead of 400")));
    assertThat(lines.next()).isEqualTo("not read");
  }

  @Test
  void otherLinesAreNoReport() {
    Iterator<String> lines = List.of("hello").iterator();

    assertThatIllegalStateException()
        .isThrownBy(() -> LoadReport.read(lines::next, _ -> {}))
        .withMessageContaining("hello");
  }

  @Test
  void isRightOnlyIfSomethingWasAskedAndNothingWasWrong() {
    assertThat(report(5, 0, 0).right()).isTrue();
    assertThat(report(5, 1, 0).right()).isFalse();
    assertThat(report(5, 0, 1).right()).isFalse();
    assertThat(report(0, 0, 0).right()).isFalse();
  }

  private static LoadReport report(long requests, long failed, long violations) {
    return new LoadReport(
        List.of(new LoadReport.Kind("debits", requests, failed, 1, 1, 1, 1)),
        0,
        violations,
        List.of());
  }
}
