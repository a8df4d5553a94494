package dev.espora.bench.report;

import java.util.List;

/**
 * What belongs to one name in a plot.
 *
 * @param color number of its color, from 0 to {@link #COLORS} - 1: the same in all plots of a page
 * @param points in the order in which a line connects them
 */
public record Series(String name, int color, List<Point> points) {

  /** How many colors there are. */
  public static final int COLORS = 7;

  /**
   * A value at a value.
   *
   * @param least where its error bar begins; the value itself where there is none
   * @param most where its error bar ends
   */
  public record Point(double x, double y, double least, double most) {

    /** One without an error bar. */
    public static Point of(double x, double y) {
      return new Point(x, y, y, y);
    }
  }

  public Series {
    points = List.copyOf(points);
    if (color < 0 || color >= COLORS) {
      throw new IllegalArgumentException("there is no color " + color);
    }
  }
}
