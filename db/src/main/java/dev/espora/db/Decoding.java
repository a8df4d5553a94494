package dev.espora.db;

import dev.espora.db.codec.Codec;
import dev.espora.db.codec.IncompatibleException;
import dev.espora.db.codec.MalformedException;
import dev.espora.db.codec.Schema;
import java.util.function.Supplier;

/**
 * Reads what a partition holds and says so, in the family of {@link DatabaseException}, where it
 * cannot be what the application asks for: a record that refuses values that were stored before, or
 * bytes that were written by somebody else.
 */
final class Decoding {
  private Decoding() {}

  /** The decoder of a codec. */
  static <T> Codec.Decoder<T> of(String partition, Codec<T> codec, Schema written) {
    Codec.Decoder<T> decoder = codec.decoder(written);
    return in -> {
      try {
        return decoder.decode(in);
      } catch (MalformedException e) {
        throw mismatch(partition, e);
      }
    };
  }

  /** Reads something that is made of more than one value. */
  static <T> T read(String partition, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (MalformedException | IncompatibleException e) {
      throw mismatch(partition, e);
    }
  }

  private static DatabaseException mismatch(String partition, RuntimeException e) {
    return new DatabaseException.SchemaMismatch(
        "partition " + partition + " holds what cannot be read: " + e.getMessage());
  }
}
