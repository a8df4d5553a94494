package dev.espora.testkit.disk;

import java.util.List;

/**
 * What a power cut leaves of everything that was not synced: of the bytes of files, in sectors of
 * 512 bytes, and of the names in directories.
 */
public enum Loss {
  /** Nothing. */
  DROPPED(Keep.NONE, Keep.NONE),
  /** All of it, as if the last moment had still reached the disk. */
  KEPT(Keep.ALL, Keep.ALL),
  /** Names without the bytes behind them: files that are there and empty, or old inside. */
  NAMES_ONLY(Keep.NONE, Keep.ALL),
  /** Bytes without the names: what was created is not there, what was deleted is there again. */
  BYTES_ONLY(Keep.ALL, Keep.NONE),
  /**
   * Each sector and each name by itself: as it was, as it became, or for a sector that was written
   * several times, as it was in between.
   */
  SCATTERED(Keep.SOME, Keep.SOME),
  /** As {@link #SCATTERED}, and sectors that are new up to a word of eight bytes and old behind. */
  TORN(Keep.PARTS, Keep.SOME);

  /** All of them, in their order. */
  public static final List<Loss> ALL = List.of(values());

  private final Keep bytes;
  private final Keep names;

  Loss(Keep bytes, Keep names) {
    this.bytes = bytes;
    this.names = names;
  }

  Keep bytes() {
    return bytes;
  }

  Keep names() {
    return names;
  }

  /** How much is kept of what was not synced. */
  enum Keep {
    NONE,
    ALL,
    SOME,
    PARTS
  }
}
