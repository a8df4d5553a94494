package dev.espora.db;

import dev.espora.db.codec.Output;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The events of one commit, encoded as records one behind the other, with room in front for what
 * the medium puts there.
 *
 * <pre>
 * +------------------+---------------------------------------------------+-----
 * | HEADER_BYTES     | int kind and length | payload | int checksum (0)  | …
 * +------------------+---------------------------------------------------+-----
 * </pre>
 *
 * <p>A payload is the number of the schema it is written in, then the value. The medium fills in
 * header and checksums. Not safe for use by several threads.
 */
public final class Batch {
  /** Room for a medium's header. */
  public static final int HEADER_BYTES = 36;

  /** What a record costs beyond its payload. */
  public static final int RECORD_OVERHEAD = 8;

  /** The kind of a record that holds an event, in the upper four bits of its first word. */
  public static final int EVENT = 2;

  /** The longest payload that a record's first word can tell. */
  public static final int MAX_PAYLOAD_BYTES = (1 << 28) - 1;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int KEPT_BYTES = 1 << 20;

  private Output out = new Output(1 << 12);
  private int records;
  private int open;

  /** What it holds of commands that other processes have forwarded. */
  private final List<Forwarder.Answers> answers = new ArrayList<>();

  /** An empty batch. */
  public Batch() {
    clear();
  }

  /** Starts over. */
  public final void clear() {
    if (out.array().length > KEPT_BYTES) {
      out = new Output(1 << 12);
    }
    out.truncate(0);
    out.reserve(HEADER_BYTES);
    records = 0;
    answers.clear();
  }

  /**
   * Becomes what another batch was: the bytes of its records.
   *
   * @param records as {@link #array} had them behind {@link #HEADER_BYTES}; checksums do not matter
   * @throws IllegalArgumentException if they are not records
   */
  public void load(byte[] records) {
    clear();
    out.writeBytes(records);
    int at = HEADER_BYTES;
    for (; at <= size() - RECORD_OVERHEAD; this.records++) {
      at += ((int) INT.get(out.array(), at) & MAX_PAYLOAD_BYTES) + RECORD_OVERHEAD;
    }
    if (at != size()) {
      throw new IllegalArgumentException(records.length + " bytes are not records");
    }
  }

  /** Begins an event; its payload goes into what is returned. */
  public Output beginEvent(int schema) {
    open = out.reserve(4);
    out.writeUnsigned(schema);
    return out;
  }

  /**
   * Ends the event begun last.
   *
   * @return the bytes of its payload
   */
  public int endEvent() {
    int length = out.size() - open - 4;
    if (length <= MAX_PAYLOAD_BYTES) {
      out.setInt(open, EVENT << 28 | length);
    }
    out.reserve(4);
    records++;
    return length;
  }

  /** Says what becomes of a group of forwarded commands by this batch. */
  void answer(Forwarder.Answers group) {
    answers.add(group);
  }

  /** The groups of forwarded commands that take effect by this batch, and what becomes of them. */
  public List<Forwarder.Answers> answers() {
    return List.copyOf(answers);
  }

  public int records() {
    return records;
  }

  /** Bytes with header and all records. */
  public int size() {
    return out.size();
  }

  /** Forgets everything behind a point where {@link #size} and {@link #records} were as given. */
  public void rollback(int size, int records) {
    out.truncate(size);
    this.records = records;
  }

  /** The buffer, valid up to {@link #size} until the batch changes. */
  public byte[] array() {
    return out.array();
  }
}
