/** Small programs on the engine. */
module dev.espora.examples {
  requires dev.espora.db;
  requires static org.jspecify;

  // Its records are stored, so the engine looks at their components.
  opens dev.espora.examples to
      dev.espora.db;
}
