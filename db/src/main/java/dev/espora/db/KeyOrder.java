package dev.espora.db;

import dev.espora.db.codec.Codec;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.Schema;
import dev.espora.db.codec.SchemaReader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The order of a store's keys, told from their encoded bytes: the natural order of the type where
 * it has one, else that of the bytes. Equal keys have equal bytes, and different keys are never
 * equal in this order. Immutable and safe for use by any number of threads.
 */
abstract class KeyOrder {

  /** Compares two ranges of bytes that hold a key each. */
  abstract int compare(byte[] a, int aFrom, int aTo, byte[] b, int bFrom, int bTo);

  /** Moves behind a key. */
  abstract void skip(Input in);

  /** Whether this is the natural order of a type. */
  boolean isNatural() {
    return true;
  }

  /**
   * Whether all who have a store of such keys open have them in this order, with the types or
   * without, and whatever the application's code has become since.
   */
  boolean isFixed() {
    return true;
  }

  /**
   * The order of a type's keys.
   *
   * @throws IllegalArgumentException if equal keys of the type may have different bytes
   */
  static <K> KeyOrder of(Class<K> type, Codec<K> codec) {
    refuseUnordered(type, type, new HashSet<>());
    KeyOrder known = of(codec.schema());
    if (known instanceof Bytes && (Comparable.class.isAssignableFrom(type) || type.isPrimitive())) {
      return new Values(codec.decoder(codec.schema()));
    }
    return known;
  }

  /**
   * The order of keys whose class is not at hand: of some schemas the natural one, else of bytes.
   */
  static KeyOrder of(Schema schema) {
    if (schema == Schema.Simple.STRING) {
      return new Strings();
    }
    if (schema == Schema.Simple.SHORT
        || schema == Schema.Simple.INT
        || schema == Schema.Simple.LONG) {
      return new Numbers();
    }
    return new Bytes(SchemaReader.of(schema));
  }

  private static void refuseUnordered(Class<?> keys, Type type, Set<Type> seen) {
    if (!seen.add(type)) {
      return;
    }
    if (type instanceof ParameterizedType generic) {
      refuseUnordered(keys, generic.getRawType(), seen);
      for (Type argument : generic.getActualTypeArguments()) {
        refuseUnordered(keys, argument, seen);
      }
    } else if (type instanceof Class<?> plain) {
      if (Set.class.isAssignableFrom(plain) || Map.class.isAssignableFrom(plain)) {
        throw new IllegalArgumentException(
            keys.getSimpleName()
                + " cannot be a key: it holds a "
                + plain.getSimpleName()
                + ", whose order may differ between equal ones");
      }
      if (plain.isRecord()) {
        for (RecordComponent component : plain.getRecordComponents()) {
          refuseUnordered(keys, component.getGenericType(), seen);
        }
      } else if (plain.isSealed()) {
        for (Class<?> variant : plain.getPermittedSubclasses()) {
          refuseUnordered(keys, variant, seen);
        }
      }
    }
  }

  /** Strings in the order of {@link String#compareTo}, that of their UTF-16 code units. */
  private static final class Strings extends KeyOrder {
    private static final VarHandle LONG =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** Eight bytes at a time: most keys are short, and most of them begin alike. */
    @Override
    int compare(byte[] a, int aFrom, int aTo, byte[] b, int bFrom, int bTo) {
      int aAt = start(a, aFrom);
      int bAt = start(b, bFrom);
      int shorter = Math.min(aTo - aAt, bTo - bAt);
      int at = 0;
      while (at + Long.BYTES <= shorter) {
        long difference = (long) LONG.get(a, aAt + at) ^ (long) LONG.get(b, bAt + at);
        if (difference != 0) {
          at += Long.numberOfLeadingZeros(difference) / Byte.SIZE;
          return Integer.compare(unit(a[aAt + at]), unit(b[bAt + at]));
        }
        at += Long.BYTES;
      }
      while (at < shorter) {
        if (a[aAt + at] != b[bAt + at]) {
          return Integer.compare(unit(a[aAt + at]), unit(b[bAt + at]));
        }
        at++;
      }
      return Integer.compare(aTo - aAt, bTo - bAt);
    }

    /** Behind the length, which is part of the bytes. */
    private static int start(byte[] bytes, int from) {
      int at = from;
      while (bytes[at] < 0) {
        at++;
      }
      return at + 1;
    }

    /**
     * In UTF-8, U+E000 to U+FFFF (beginning with 0xEE, 0xEF) stand before what is beyond U+FFFF
     * (0xF0 and up); in UTF-16, whose surrogates are below U+E000, behind.
     */
    private static int unit(byte b) {
      int unsigned = b & 0xFF;
      return unsigned == 0xEE || unsigned == 0xEF ? unsigned + 0x10 : unsigned;
    }

    @Override
    void skip(Input in) {
      in.skip(in.readLength());
    }
  }

  private static final class Numbers extends KeyOrder {
    @Override
    int compare(byte[] a, int aFrom, int aTo, byte[] b, int bFrom, int bTo) {
      return Long.compare(number(a, aFrom), number(b, bFrom));
    }

    private static long number(byte[] bytes, int from) {
      long raw = 0;
      int at = from;
      int shift = 0;
      while (bytes[at] < 0) {
        raw |= (long) (bytes[at++] & 0x7F) << shift;
        shift += 7;
      }
      raw |= (long) bytes[at] << shift;
      return (raw >>> 1) ^ -(raw & 1);
    }

    @Override
    void skip(Input in) {
      long _ = in.readSigned();
    }
  }

  /** Keys that are read to be compared. */
  private static final class Values extends KeyOrder {
    private final Codec.Decoder<?> decoder;

    Values(Codec.Decoder<?> decoder) {
      this.decoder = decoder;
    }

    @Override
    @SuppressWarnings("unchecked") // both are keys of one type, which is comparable
    int compare(byte[] a, int aFrom, int aTo, byte[] b, int bFrom, int bTo) {
      Comparable<Object> first =
          (Comparable<Object>) decoder.decode(new Input(a, aFrom, aTo - aFrom));
      int order = first.compareTo(decoder.decode(new Input(b, bFrom, bTo - bFrom)));
      return order != 0 ? order : Arrays.compareUnsigned(a, aFrom, aTo, b, bFrom, bTo);
    }

    @Override
    boolean isFixed() {
      return false;
    }

    @Override
    void skip(Input in) {
      var _ = decoder.decode(in);
    }
  }

  private static final class Bytes extends KeyOrder {
    private final Codec.Decoder<?> decoder;

    Bytes(Codec.Decoder<?> decoder) {
      this.decoder = decoder;
    }

    @Override
    int compare(byte[] a, int aFrom, int aTo, byte[] b, int bFrom, int bTo) {
      return Arrays.compareUnsigned(a, aFrom, aTo, b, bFrom, bTo);
    }

    @Override
    void skip(Input in) {
      var _ = decoder.decode(in);
    }

    @Override
    boolean isNatural() {
      return false;
    }

    /** Whoever has the type at hand may have another order, or have had one. */
    @Override
    boolean isFixed() {
      return false;
    }
  }
}
