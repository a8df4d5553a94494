/** The bank: accounts, credits and debits, statements, and their HTTP routes. */
module dev.espora.bank {
  requires transitive dev.espora.db;
  requires transitive dev.espora.http;
  requires static transitive org.jspecify;

  exports dev.espora.bank;

  opens dev.espora.bank to
      dev.espora.db;
}
