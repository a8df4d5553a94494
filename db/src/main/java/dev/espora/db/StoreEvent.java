package dev.espora.db;

import org.jspecify.annotations.Nullable;

/**
 * What happened to an entry of a store, as its log has it. Key and value are encoded; times are
 * milliseconds since 1970.
 */
final class StoreEvent {

  /** What happened. The order is that of the stored union. */
  enum Kind {
    /** The entry was written. */
    PUT,
    /** The entry was removed. */
    DELETE,
    /** The entry was removed since its time was over. */
    EXPIRE,
    /** The entry was written anew by compaction; nothing happened to it. */
    MOVE
  }

  /** When an entry expires that stays for ever. */
  static final long NEVER = Long.MAX_VALUE;

  private final Kind kind;
  private final byte[] key;
  private final Content content;

  /** Where the event stands, once that is decided. */
  private long position;

  /**
   * What an entry is beside its key; of a removal only the time counts.
   *
   * @param created when the entry was created
   * @param written when this version of it was written, or it was removed
   * @param expires when its time is over
   * @param sequence position of the event that wrote this version, where that is not this event
   * @param value encoded; null where it is not needed
   * @param schema number of the schema of a moved value
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Content(
      long created,
      long written,
      long expires,
      long sequence,
      byte @Nullable [] value,
      int schema) {

    static Content removedAt(long time) {
      return new Content(time, time, NEVER, 0, null, 0);
    }
  }

  StoreEvent(Kind kind, byte[] key, Content content) {
    this.kind = kind;
    this.key = key;
    this.content = content;
  }

  /** This version of the entry, to be written anew. */
  StoreEvent moved(byte[] value, int schema) {
    Content same =
        new Content(content.created, content.written, content.expires, sequence(), value, schema);
    return new StoreEvent(Kind.MOVE, key, same);
  }

  Kind kind() {
    return kind;
  }

  byte[] key() {
    return key;
  }

  Content content() {
    return content;
  }

  boolean isRemoval() {
    return kind == Kind.DELETE || kind == Kind.EXPIRE;
  }

  void standsAt(long position) {
    this.position = position;
  }

  /** Where the event stands in the log. */
  long position() {
    return position;
  }

  /** The number that tells this version of the entry from every other. */
  long sequence() {
    return kind == Kind.MOVE ? content.sequence : position;
  }
}
