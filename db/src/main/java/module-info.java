/** The engine: an embedded, durable database without runtime dependencies. */
module dev.espora.db {
  requires jdk.jfr;
  requires static transitive org.jspecify;

  exports dev.espora.db;
  exports dev.espora.db.codec;

  uses dev.espora.db.Medium.Provider;

  provides dev.espora.db.Medium.Provider with
      dev.espora.db.file.FileMedium.Provider;
}
