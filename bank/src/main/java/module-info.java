/** placeholder */
module dev.espora.bank {
  requires static transitive org.jspecify;
}
