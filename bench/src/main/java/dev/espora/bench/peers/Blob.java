package dev.espora.bench.peers;

/** A value of Espora's store. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Blob(byte[] bytes) {}
