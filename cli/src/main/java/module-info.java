/** placeholder */
module dev.espora.cli {
  requires static transitive org.jspecify;
}
