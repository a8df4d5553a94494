package dev.espora.bench.peers;

/** What a caller wants written. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Put(String key, byte[] value) {}
