/** placeholder */
module dev.espora.balancer {
  requires static transitive org.jspecify;
}
