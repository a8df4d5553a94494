package dev.espora.db.tools;

/** Is told now and then how far long work has come. */
@FunctionalInterface
public interface Progress {
  /** For who does not want to know. */
  Progress NONE = (done, total) -> {};

  /**
   * Called by the thread that works, every few megabytes.
   *
   * @param done bytes done
   * @param total bytes to do, as far as was known at the beginning
   */
  void bytes(long done, long total);
}
