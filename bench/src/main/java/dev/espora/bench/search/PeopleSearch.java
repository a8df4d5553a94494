package dev.espora.bench.search;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/** Something that finds people by a part of their text. Closing it may fail. */
public sealed interface PeopleSearch extends AutoCloseable permits EsporaSearch, PostgresSearch {

  /** How many people a search gives at most. */
  int MOST = 50;

  /** Stores them, durably, and returns when they can be searched. */
  void load(People people) throws SQLException, IOException;

  /** Gets to know what will be searched for, and may try which way is faster. */
  void prepare(Terms terms) throws SQLException;

  /** How many people a search gave: all that a client needs was read, of each of them. */
  int search(String term);

  /** What readers must know about it, a sentence each. */
  List<String> remarks();

  @Override
  void close() throws SQLException, IOException;
}
