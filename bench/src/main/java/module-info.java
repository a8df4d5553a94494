/** Benchmarks of the engine beside the floor it stands on. */
module dev.espora.bench {
  requires HdrHistogram;
  requires dev.espora.db;
  requires jdk.jfr;
  requires static transitive org.jspecify;

  exports dev.espora.bench;

  // Its records are stored, so the engine looks at their components.
  opens dev.espora.bench to
      dev.espora.db;
}
