/** placeholder */
module dev.espora.http {
  requires static transitive org.jspecify;
}
