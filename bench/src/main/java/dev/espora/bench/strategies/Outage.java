package dev.espora.bench.strategies;

/**
 * A storage, and the crash that ends it. {@link #strike} may be called by any thread while others
 * use the storage, whose calls fail from then on; {@link #reopened} once they have all returned.
 */
public interface Outage extends AutoCloseable {

  /** What crashes. */
  Storage storage();

  /** Lets it happen. */
  void strike();

  /** What is left, open; closed with this. */
  Storage reopened();

  /** What kind of crash it is, in two or three words. */
  String kind();

  @Override
  void close();
}
