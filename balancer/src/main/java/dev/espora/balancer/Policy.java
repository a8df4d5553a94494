package dev.espora.balancer;

import java.util.Locale;

/** Which upstream the next connection goes to, among those that are up. */
public enum Policy {
  /** One after another, per connection. */
  ROUND_ROBIN,
  /**
   * The one with the fewest connections now, in turn where several have as few. Only where every
   * upstream is relayed to: connections that were handed over are out of sight.
   */
  LEAST_CONNECTIONS;

  /**
   * Parses {@code round-robin} or {@code least-connections}.
   *
   * @throws IllegalArgumentException if the text is neither
   */
  public static Policy parse(String text) {
    for (Policy policy : values()) {
      if (policy.toString().equals(text)) {
        return policy;
      }
    }
    throw new IllegalArgumentException(
        "bad policy '%s'; accepted: round-robin, least-connections".formatted(text));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
