package dev.espora.bench.peers;

/** Writes one value. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Put(String key, byte[] value) implements Change {

  @Override
  public void applyTo(View view) {
    view.put(key, value);
  }
}
