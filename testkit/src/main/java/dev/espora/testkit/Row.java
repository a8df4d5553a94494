package dev.espora.testkit;

/** An event of a {@link TextJournal}, and where it stands. */
record Row(long position, String text) {}
