package dev.espora.testkit;

import dev.espora.db.Medium;
import dev.espora.db.Options;

/** What every contract of this package is about: a medium, and how to open a database on it. */
public interface MediumUnderTest {

  /**
   * The medium. A test may ask several times, and is always to be led to the same storage, which is
   * empty when the test begins.
   */
  Medium medium();

  /**
   * The medium as another process or machine would open it at the same time: the same storage.
   * Asked for by {@link SharingContract} alone.
   */
  default Medium peer() {
    return medium();
  }

  /** How databases are opened, unless a test needs something special. */
  default Options options() {
    return Options.DEFAULTS;
  }
}
