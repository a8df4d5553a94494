package dev.espora.bench.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** One HTML page, written from top to bottom. Not safe for use by several threads. */
public final class Page {
  private final StringBuilder body = new StringBuilder();
  private final String title;

  public Page(String title) {
    this.title = title;
    body.append("<h1>").append(escape(title)).append("</h1>\n");
  }

  public Page heading(String text) {
    body.append("<h2>").append(escape(text)).append("</h2>\n");
    return this;
  }

  public Page paragraph(String text) {
    body.append("<p>").append(escape(text)).append("</p>\n");
    return this;
  }

  /** What is what: names with a text each. */
  public Page terms(Map<String, String> texts) {
    body.append("<dl>\n");
    texts.forEach((name, text) ->
        body.append("<dt>%s</dt><dd>%s</dd>%n".formatted(escape(name), escape(text))));
    body.append("</dl>\n");
    return this;
  }

  public Page list(List<String> sentences) {
    body.append("<ul>\n");
    sentences.forEach(each -> body.append("<li>%s</li>%n".formatted(escape(each))));
    body.append("</ul>\n");
    return this;
  }

  /**
   * A table.
   *
   * @param lines of cells, the names of the columns first
   */
  public Page table(List<List<String>> lines) {
    body.append("<div class=\"wide\"><table>\n");
    String cell = "th";
    for (List<String> line : lines) {
      body.append("<tr>");
      for (String text : line) {
        boolean number = text.isEmpty() || text.matches("[-0-9,.]+");
        body.append(
            "<%1$s%2$s>%3$s</%1$s>".formatted(cell, number ? " class=\"n\"" : "", escape(text)));
      }
      body.append("</tr>\n");
      cell = "td";
    }
    body.append("</table></div>\n");
    return this;
  }

  /** Plots beside each other, where there is room, each with a caption. */
  public Page plots(List<Plot> plots) {
    body.append("<div class=\"plots\">\n");
    for (Plot plot : plots) {
      body.append("<figure>\n").append(plot.svg());
      body.append("<figcaption>%s</figcaption></figure>%n".formatted(escape(plot.title())));
    }
    body.append("</div>\n");
    return this;
  }

  /** The whole page. */
  public String html() {
    return """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="icon" href="data:,">
    <title>%s</title>
    <style>
    %s</style>
    </head>
    <body>
    %s</body>
    </html>
    """
        .formatted(escape(title), style(), body);
  }

  private static String style() {
    try (InputStream style = Page.class.getResourceAsStream("report.css")) {
      if (style == null) {
        throw new IllegalStateException("report.css is not there");
      }
      return new String(style.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
