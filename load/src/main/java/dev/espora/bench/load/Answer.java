package dev.espora.bench.load;

/**
 * What came back.
 *
 * @param location empty if there is none
 */
record Answer(int status, String location, String body) {

  boolean ok() {
    return status == 200;
  }

  boolean refused() {
    return status == 422 || status == 400;
  }

  /** For messages. */
  @Override
  public String toString() {
    return status + " " + (body.length() > 200 ? body.substring(0, 200) + "…" : body);
  }
}
