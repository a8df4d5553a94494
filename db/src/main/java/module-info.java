/** The engine: an embedded, durable database without runtime dependencies. */
@SuppressWarnings("module") // who gets more of it is not there yet when this is compiled
module dev.espora.db {
  requires jdk.jfr;
  requires static transitive org.jspecify;

  exports dev.espora.db;
  exports dev.espora.db.codec;
  exports dev.espora.db.tools;

  // For the simulated disk, which is handed to users as a medium, and to count syncs.
  exports dev.espora.db.disk to
      dev.espora.bench,
      dev.espora.testkit;
  exports dev.espora.db.file to
      dev.espora.bench,
      dev.espora.testkit;

  uses dev.espora.db.Medium.Provider;
  uses dev.espora.db.tools.DatabaseTools.Provider;
  uses dev.espora.db.tools.NodeTools.Provider;

  provides dev.espora.db.Medium.Provider with
      dev.espora.db.file.FileMedium.Provider;
  provides dev.espora.db.tools.DatabaseTools.Provider with
      dev.espora.db.file.FileTools.Provider;
}
