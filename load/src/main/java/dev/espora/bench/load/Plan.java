package dev.espora.bench.load;

import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.rampUsersPerSec;

import io.gatling.javaapi.core.OpenInjectionStep;
import java.time.Duration;

/**
 * What to load, and how much.
 *
 * @param target URL without a slash at its end
 * @param scale how many times the contest's rates
 * @param length of the whole profile; its phases keep their proportions
 */
record Plan(String target, double scale, Duration length) {

  /** Users that arrive at a rate per second of the contest's, for a part of the length. */
  OpenInjectionStep constant(double rate, double part) {
    return constantUsersPerSec(rate * scale).during(during(part));
  }

  /** As {@link #constant}, at random moments. */
  OpenInjectionStep randomized(double rate, double part) {
    return constantUsersPerSec(rate * scale).during(during(part)).randomized();
  }

  /** Users whose rate per second goes evenly from one to another. */
  OpenInjectionStep ramp(double from, double to, double part) {
    return rampUsersPerSec(from * scale).to(to * scale).during(during(part));
  }

  private Duration during(double part) {
    return Duration.ofMillis(Math.round(length.toMillis() * part));
  }
}
