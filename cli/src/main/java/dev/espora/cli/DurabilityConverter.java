package dev.espora.cli;

import dev.espora.db.Durability;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a durability. A bare time, as {@code ESPORA_FSYNC_INTERVAL} has it, is an interval: {@code
 * 10ms}, {@code 1s}; zero means {@code sync}.
 */
final class DurabilityConverter implements ITypeConverter<Durability> {
  /** What {@code --durability} falls back to. */
  static final String DEFAULT = "${env:ESPORA_DURABILITY:-${env:ESPORA_FSYNC_INTERVAL:-sync}}";

  static final String DESCRIPTION =
      "What an answered request survives: sync, sync-each, interval:10ms or none."
          + " Env: ESPORA_DURABILITY, ESPORA_FSYNC_INTERVAL. Default: sync";

  private static final Pattern TIME = Pattern.compile("([0-9]{1,6})(ms|s)?");

  @Override
  public Durability convert(String text) {
    try {
      Matcher time = TIME.matcher(text);
      if (!time.matches()) {
        return Durability.parse(text);
      }
      long count = Long.parseLong(time.group(1));
      if (count == 0) {
        return Durability.SYNC;
      }
      return Durability.interval(
          "s".equals(time.group(2)) ? Duration.ofSeconds(count) : Duration.ofMillis(count));
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
