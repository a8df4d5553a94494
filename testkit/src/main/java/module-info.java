/** For tests of Espora, of what is built on it, and of what it is built on. */
module dev.espora.testkit {
  requires transitive dev.espora.db;
  // For the contracts and crash sweeps; the simulated disk does without.
  requires static org.assertj.core;
  requires static org.junit.jupiter.api;
  requires static transitive org.jspecify;

  exports dev.espora.testkit;
  exports dev.espora.testkit.crash;
  exports dev.espora.testkit.disk;
  exports dev.espora.testkit.history;

  // Its records are stored, so the engine looks at their components; JUnit calls its tests.
  opens dev.espora.testkit;
}
