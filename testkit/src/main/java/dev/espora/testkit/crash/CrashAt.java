package dev.espora.testkit.crash;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * As {@link CrashSweep}, with one cut alone, at a crash point that is known: for what a sweep has
 * found once.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(CrashSweepExtension.class)
@SuppressWarnings("exports") // nobody but JUnit needs the extension
public @interface CrashAt {

  /** The crash point, counted from 0 over all operations that change something on the disk. */
  long value();

  /** The seed that was printed. */
  long seed() default 0;
}
