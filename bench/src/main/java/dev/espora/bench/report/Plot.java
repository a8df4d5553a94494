package dev.espora.bench.report;

import dev.espora.bench.report.Series.Point;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * A drawing of some series, as SVG that takes its colors from the page around it. A pointer that
 * rests on a point is told its values.
 *
 * @param title for those who cannot see it
 * @param kind whether points are connected
 */
public record Plot(String title, Kind kind, Axis x, Axis y, List<Series> series) {
  private static final int WIDTH = 660;
  private static final int HEIGHT = 400;
  private static final int LEFT = 84;
  private static final int RIGHT = 165;
  private static final int TOP = 16;
  private static final int BOTTOM = 54;
  private static final int RADIUS = 5;

  /** How far apart the names beside points are at least. */
  private static final int LINE = 15;

  /** How points are shown. */
  public enum Kind {
    /** Each by itself, with its name beside it. */
    POINTS,
    /** Connected, the name beside the last one. */
    LINES,
    /** Connected and marked, the name beside the last one. */
    MARKED_LINES
  }

  public Plot {
    series = List.copyOf(series);
  }

  /** The drawing. */
  public String svg() {
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg class=\"plot\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n"
            .formatted(WIDTH, HEIGHT, Page.escape(title)));
    axes(svg);
    series.forEach(each -> draw(svg, each));
    names(svg);
    return svg.append("</svg>\n").toString();
  }

  private void axes(StringBuilder svg) {
    for (Axis.Tick tick : y.ticks()) {
      double at = down(tick.at());
      line(svg, "grid", LEFT, at, WIDTH - RIGHT, at);
      text(svg, "tick end", LEFT - 8, at + 4, tick.text());
    }
    for (Axis.Tick tick : x.ticks()) {
      double at = across(tick.at());
      line(svg, "grid", at, TOP, at, HEIGHT - BOTTOM);
      text(svg, "tick middle", at, HEIGHT - BOTTOM + 18, tick.text());
    }
    line(svg, "axis", LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM);
    line(svg, "axis", LEFT, TOP, LEFT, HEIGHT - BOTTOM);
    text(svg, "title middle", (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 12, x.title());
    svg.append(
        "<text class=\"title middle\" transform=\"translate(16 %d) rotate(-90)\">%s</text>%n"
            .formatted((TOP + HEIGHT - BOTTOM) / 2, Page.escape(y.title())));
  }

  private void draw(StringBuilder svg, Series drawn) {
    svg.append("<g class=\"series c%d\">%n".formatted(drawn.color()));
    if (kind != Kind.POINTS) {
      StringBuilder path = new StringBuilder();
      for (Point point : drawn.points()) {
        path.append(path.isEmpty() ? "M" : "L").append(number(left(point))).append(' ');
        path.append(number(top(point.y())));
      }
      svg.append(
          "<path class=\"line\" d=\"%s\"><title>%s</title></path>%n"
              .formatted(path, Page.escape(drawn.name())));
    }
    for (Point point : drawn.points()) {
      if (point.most() > point.least()) {
        line(svg, "bar", left(point), top(point.least()), left(point), top(point.most()));
      }
      if (kind != Kind.LINES) {
        svg.append(
            "<circle class=\"point\" cx=\"%s\" cy=\"%s\" r=\"%d\"><title>%s</title></circle>%n"
                .formatted(
                    number(left(point)),
                    number(top(point.y())),
                    RADIUS,
                    Page.escape(
                        "%s: %s at %s"
                            .formatted(drawn.name(), Axis.text(point.y()), Axis.text(point.x())))));
      }
    }
    svg.append("</g>\n");
  }

  /** A name and the place beside which it is to be. */
  private record Name(Series of, double x, double y) {}

  /** Beside the last points, moved down where they would be on top of each other. */
  private void names(StringBuilder svg) {
    List<Name> all = new ArrayList<>();
    for (Series each : series) {
      if (!each.points().isEmpty()) {
        Point last = each.points().getLast();
        double at = kind == Kind.POINTS ? left(last) : WIDTH - RIGHT;
        all.add(new Name(each, at, top(last.y())));
      }
    }
    all.sort(Comparator.comparingDouble(Name::y));
    List<Name> placed = new ArrayList<>();
    for (Name name : all) {
      double free = name.y();
      for (Name other : placed) {
        if (Math.abs(other.x() - name.x()) < RIGHT && free < other.y() + LINE) {
          free = other.y() + LINE;
        }
      }
      placed.add(new Name(name.of(), name.x(), free));
    }
    for (Name name : placed) {
      text(
          svg, "name c" + name.of().color(), name.x() + RADIUS + 5, name.y() + 4, name.of().name());
    }
  }

  private double left(Point point) {
    return across(x.place(point.x()));
  }

  private double top(double value) {
    return down(y.place(value));
  }

  private static double across(double share) {
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  private static double down(double share) {
    return TOP + (1 - share) * (HEIGHT - TOP - BOTTOM);
  }

  private static void line(
      StringBuilder svg, String kind, double x1, double y1, double x2, double y2) {
    svg.append(
        "<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>%n"
            .formatted(kind, number(x1), number(y1), number(x2), number(y2)));
  }

  private static void text(StringBuilder svg, String kind, double x, double y, String text) {
    svg.append(
        "<text class=\"%s\" x=\"%s\" y=\"%s\">%s</text>%n"
            .formatted(kind, number(x), number(y), Page.escape(text)));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
