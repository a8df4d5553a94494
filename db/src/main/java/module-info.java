/** The engine: an embedded, durable database without runtime dependencies. */
module dev.espora.db {
  requires jdk.jfr;
  requires static transitive org.jspecify;

  exports dev.espora.db;
  exports dev.espora.db.codec;
  exports dev.espora.db.tools;

  uses dev.espora.db.Medium.Provider;
  uses dev.espora.db.tools.DatabaseTools.Provider;

  provides dev.espora.db.Medium.Provider with
      dev.espora.db.file.FileMedium.Provider;
  provides dev.espora.db.tools.DatabaseTools.Provider with
      dev.espora.db.file.FileTools.Provider;
}
