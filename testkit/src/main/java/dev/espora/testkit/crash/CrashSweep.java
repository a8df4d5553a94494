package dev.espora.testkit.crash;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that is run for a power cut at each operation of its workload. Its parameter is a {@link
 * Crash}; the test says what is done {@link Crash#during during} it, and what must hold {@link
 * Crash#after after} it. Each run has a test object of its own.
 *
 * <p>The test is run once without a cut, which counts the operations; then with a cut at each of
 * them. A failure says its seed, its crash point, and the command that repeats it alone. {@code
 * -Despora.sweep=full} cuts at a hundred times as many.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(CrashSweepExtension.class)
@SuppressWarnings("exports") // nobody but JUnit needs the extension
public @interface CrashSweep {

  /** At how many operations the power is cut at most; a random sample where there are more. */
  int operations() default 200;
}
