/** Benchmarks of the engine beside the floor it stands on. */
module dev.espora.bench {
  requires HdrHistogram;
  requires dev.espora.db;
  requires dev.espora.people;
  requires dev.espora.testkit;
  requires java.logging;
  requires java.management;
  requires java.sql;
  requires jdk.jfr;
  // The peers: only the processes that measure them have them.
  requires static com.h2database.mvstore;
  requires static com.zaxxer.hikari;
  requires static embedded.postgres;
  requires static je;
  requires static lmdbjava;
  requires static mapdb;
  requires static org.postgresql.jdbc;
  requires static rocksdbjni;
  requires static transitive org.jspecify;

  exports dev.espora.bench;

  // Its records are stored, so the engine looks at their components.
  opens dev.espora.bench to
      dev.espora.db;
  opens dev.espora.bench.peers to
      dev.espora.db;
  opens dev.espora.bench.strategies to
      dev.espora.db;
}
