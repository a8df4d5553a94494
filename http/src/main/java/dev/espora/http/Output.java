package dev.espora.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Answers on their way to a client. Heads gather until they are flushed or make a piece; a body
 * follows its head in pieces, as long as the channel takes them.
 *
 * <p>For use by the channel's event loop only.
 */
final class Output {
  /** Bytes are handed to the channel in pieces of about this many. */
  private static final int PIECE_BYTES = 64 << 10;

  private static final byte[] NOTHING = {};

  private final Channel channel;
  private @Nullable ByteBuf gathered;
  // The body that is being written, and how much of it has been.
  private byte[] body = NOTHING;
  private int bodyWritten;
  private boolean flushing;

  Output(Channel channel) {
    this.channel = channel;
  }

  /** Where a head is to be written. */
  ByteBuf head() {
    ByteBuf out = gathered;
    if (out == null) {
      out = channel.alloc().ioBuffer(1024);
      gathered = out;
    }
    return out;
  }

  /** Takes the body that belongs to the head; {@link #writeBody} writes it. */
  void beginBody(byte[] bytes) {
    flushFull();
    body = bytes;
    bodyWritten = 0;
  }

  /** Goes on with the body, in pieces. Says whether nothing is left of it. */
  boolean writeBody() {
    while (bodyWritten < body.length && channel.isWritable()) {
      int length = Math.min(body.length - bodyWritten, PIECE_BYTES);
      head().writeBytes(body, bodyWritten, length);
      bodyWritten += length;
      flushFull();
    }
    if (bodyWritten < body.length) {
      return false;
    }
    endBody();
    return true;
  }

  /** Whether a body is not written yet. */
  boolean isInBody() {
    return body.length > 0;
  }

  private void endBody() {
    body = NOTHING;
    bodyWritten = 0;
  }

  private void flushFull() {
    if (gathered != null && gathered.readableBytes() >= PIECE_BYTES) {
      flush();
    }
  }

  /** Hands what has gathered to the channel. */
  void flush() {
    ByteBuf out = gathered;
    if (out != null) {
      gathered = null;
      flushing = true;
      var _ = channel.writeAndFlush(out, channel.voidPromise());
      flushing = false;
    }
  }

  /** Whether there is something to flush. */
  boolean isGathered() {
    return gathered != null;
  }

  /** Whether the channel is being handed something right now. */
  boolean isFlushing() {
    return flushing;
  }

  /** Forgets all of it. */
  void release() {
    endBody();
    if (gathered != null) {
      gathered.release();
      gathered = null;
    }
  }
}
