/** The people registry: unique nicknames, search and count, and their HTTP routes. */
module dev.espora.people {
  requires roaringbitmap;
  requires transitive dev.espora.db;
  requires transitive dev.espora.http;
  requires static transitive org.jspecify;

  exports dev.espora.people;

  opens dev.espora.people to
      dev.espora.db;
}
