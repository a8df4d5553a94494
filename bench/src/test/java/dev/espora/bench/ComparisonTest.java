package dev.espora.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private final List<String> order = new ArrayList<>();

  @Test
  void sidesTakeTurnsAndEveryOtherRoundGoesBackwards() {
    compare(side("a", 1, 1, 1), side("b", 1, 1, 1));

    assertThat(order).containsExactly("a", "b", "b", "a", "a", "b");
  }

  @Test
  void ratioIsTheMedianOfTheRatiosWithinARound() {
    // The machine halves its speed in the second round: the ratio of the medians would be 0.67.
    Comparison<Figures> comparison = compare(side("a", 100, 50, 100), side("b", 100, 40, 50));

    assertThat(comparison.ratio("b", "a", Figures::perSecond)).isEqualTo(0.8);
    assertThat(comparison.spread("b", Figures::perSecond)).isEqualTo(new Spread(50, 40, 100));
  }

  private Side<Figures> side(String name, double... perSecond) {
    Iterator<Double> rounds = Arrays.stream(perSecond).iterator();
    return new Side<>(
        name,
        () -> {
          order.add(name);
          return new Figures(rounds.next(), 0, 0, 1);
        });
  }

  private static Comparison<Figures> compare(Side<Figures> first, Side<Figures> second) {
    PrintStream nowhere = new PrintStream(new ByteArrayOutputStream());
    Progress progress = Progress.begin(nowhere, Settings.DEFAULTS, 6, Duration.ZERO);
    return Comparison.run(List.of(first, second), 3, progress);
  }
}
