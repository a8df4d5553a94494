package dev.espora.bench.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Where values are on one axis of a plot.
 *
 * @param title with the unit
 * @param from the smallest value that is shown, where the scale needs one
 * @param to the largest value that is shown
 * @param names of the values 0, 1, 2 … on an axis of {@link Scale#NAMES}; empty otherwise
 */
public record Axis(String title, Scale scale, double from, double to, List<String> names) {
  private static final int MOST_TICKS = 7;

  /** How far apart values are. */
  public enum Scale {
    /** By their logarithms; both ends are powers of ten. */
    LOGARITHMIC,
    /** By their logarithms, zero in the place of a tenth. */
    LOGARITHMIC_AND_ZERO,
    /**
     * Percentiles, by the logarithm of how many are above: 90, 99 and 99.9 are equally far apart.
     */
    PERCENTILES,
    /** Names one after another. */
    NAMES
  }

  /** A mark: how far along the axis, from 0 to 1, and what it says. */
  record Tick(double at, String text) {}

  public Axis {
    names = List.copyOf(names);
  }

  /** Powers of ten that enclose all values; those that are not positive are ignored. */
  public static Axis logarithmic(String title, List<Double> values) {
    double[] positive = values.stream().mapToDouble(v -> v).filter(v -> v > 0).toArray();
    double least = Arrays.stream(positive).min().orElse(1);
    double most = Arrays.stream(positive).max().orElse(1);
    double from = Math.pow(10, Math.floor(Math.log10(least)));
    double to = Math.pow(10, Math.ceil(Math.log10(most)));
    return new Axis(title, Scale.LOGARITHMIC, from, to > from ? to : from * 10, List.of());
  }

  /** From zero to the power of ten that all values are below. */
  public static Axis logarithmicAndZero(String title, List<Double> values) {
    double most = values.stream().mapToDouble(v -> v).max().orElse(1);
    double to = Math.pow(10, Math.max(1, Math.ceil(Math.log10(Math.max(1, most)))));
    return new Axis(title, Scale.LOGARITHMIC_AND_ZERO, 0.1, to, List.of());
  }

  /** From the median to as many nines as say something. */
  public static Axis percentiles(String title, double to) {
    return new Axis(title, Scale.PERCENTILES, 50, to, List.of());
  }

  public static Axis names(String title, List<String> names) {
    return new Axis(title, Scale.NAMES, 0, names.size() - 1.0, names);
  }

  /** How far along the axis a value is, from 0 to 1. */
  double place(double value) {
    return switch (scale) {
      case NAMES -> (value + 0.5) / names.size();
      case LOGARITHMIC, LOGARITHMIC_AND_ZERO, PERCENTILES ->
          (linear(value) - linear(from)) / (linear(to) - linear(from));
    };
  }

  private double linear(double value) {
    return switch (scale) {
      case LOGARITHMIC, LOGARITHMIC_AND_ZERO -> Math.log10(Math.max(value, from));
      case PERCENTILES -> -Math.log10(1 - Math.min(value, to) / 100);
      case NAMES -> value;
    };
  }

  List<Tick> ticks() {
    List<Tick> ticks = new ArrayList<>();
    switch (scale) {
      case NAMES -> {
        for (int i = 0; i < names.size(); i++) {
          ticks.add(new Tick(place(i), names.get(i)));
        }
      }
      case PERCENTILES -> {
        for (double value : new double[] {50, 90, 99, 99.9, 99.99, 99.999}) {
          if (value <= to) {
            ticks.add(new Tick(place(value), "p" + text(value)));
          }
        }
      }
      case LOGARITHMIC, LOGARITHMIC_AND_ZERO -> {
        int decades = (int) Math.round(Math.log10(to / from));
        int step = Math.ceilDiv(decades, MOST_TICKS);
        for (int decade = 0; decade <= decades; decade += step) {
          boolean zero = decade == 0 && scale == Scale.LOGARITHMIC_AND_ZERO;
          double value = from * Math.pow(10, decade);
          ticks.add(new Tick(place(value), zero ? "0" : text(value)));
        }
      }
    }
    return ticks;
  }

  /** With separators for thousands, and digits behind the point only below 100. */
  static String text(double value) {
    if (value >= 100) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    String text = String.format(Locale.ROOT, "%.3f", value);
    return text.replaceAll("\\.?0+$", "");
  }
}
