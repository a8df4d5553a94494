/** placeholder */
module dev.espora.bench {
  requires static transitive org.jspecify;
}
