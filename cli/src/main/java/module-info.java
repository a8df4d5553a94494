/** The program {@code espora}. */
module dev.espora.cli {
  requires dev.espora.balancer;
  requires dev.espora.bank;
  requires dev.espora.bench;
  requires dev.espora.db;
  requires dev.espora.http;
  requires dev.espora.people;
  requires info.picocli;
  requires java.logging;
  requires static transitive org.jspecify;

  opens dev.espora.cli to
      info.picocli;
}
