package dev.espora.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 250ms}, {@code 10s} or {@code 5m}, up to a year. */
final class TimeConverter implements ITypeConverter<Duration> {
  private static final Pattern TIME = Pattern.compile("([0-9]{1,11})(ms|s|m)");
  private static final Duration MAX = Duration.ofDays(365);

  @Override
  public Duration convert(String text) {
    Matcher time = TIME.matcher(text);
    if (!time.matches()) {
      throw new TypeConversionException("'" + text + "' is no time such as 250ms, 10s or 5m");
    }
    long count = Long.parseLong(text.substring(0, time.start(2)));
    Duration duration =
        switch (text.substring(time.start(2))) {
          case "ms" -> Duration.ofMillis(count);
          case "s" -> Duration.ofSeconds(count);
          default -> Duration.ofMinutes(count);
        };
    if (duration.compareTo(MAX) > 0) {
      throw new TypeConversionException("'" + text + "' is longer than a year");
    }
    return duration;
  }
}
