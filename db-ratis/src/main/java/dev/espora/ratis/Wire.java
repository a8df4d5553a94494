package dev.espora.ratis;

import dev.espora.db.codec.Codec;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.MalformedException;
import dev.espora.db.codec.Output;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/** Requests, replies and snapshots as bytes: one byte for the version, then the value. */
final class Wire<T> {
  static final Wire<Request> REQUEST = new Wire<>(Request.class);
  static final Wire<Reply> REPLY = new Wire<>(Reply.class);
  static final Wire<Catalog.Image> IMAGE = new Wire<>(Catalog.Image.class);
  static final Wire<CopyContents> CONTENTS = new Wire<>(CopyContents.class);

  private static final int VERSION = 2;

  private final Codec<T> codec;
  private final Codec.Decoder<T> decoder;

  private Wire(Class<T> type) {
    codec = Codec.of(type);
    decoder = codec.decoder(codec.schema());
  }

  byte[] bytes(T value) {
    Output out = new Output(256);
    out.writeByte(VERSION);
    codec.encode(value, out);
    return out.toByteArray();
  }

  Message message(T value) {
    return message(bytes(value));
  }

  /** The array is the message's from then on. */
  static Message message(byte[] bytes) {
    return Message.valueOf(UnsafeByteOperations.unsafeWrap(bytes));
  }

  T value(ByteString bytes) {
    return value(bytes.toByteArray());
  }

  /**
   * @throws MalformedException if another version wrote it, or it is damaged
   */
  T value(byte[] bytes) {
    Input in = new Input(bytes);
    int version = in.readByte();
    if (version != VERSION) {
      throw new MalformedException("it has version " + version + ", this program knows " + VERSION);
    }
    return decoder.decode(in);
  }
}
