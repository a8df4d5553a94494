package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import dev.espora.db.Medium;
import dev.espora.db.PartitionKind;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.MalformedException;
import dev.espora.db.codec.Output;
import dev.espora.db.codec.Schema;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a partition is: the identity of its log and the schemas of its events, enough to read them
 * without the application.
 *
 * <pre>
 *  0  ESPORA P 1
 *  8  long  log          random, bound into every checksum
 * 16  int   kind         0 machine, 1 log, 2 store
 * 20  int   bytes        of the schemas
 * 24        schemas      the number of the one written now, how many, each as a string
 *     int   checksum     CRC32C of everything before
 * </pre>
 *
 * @param schemas by the number that records carry
 * @param schema the number of the one written now
 */
record PartitionMeta(long log, PartitionKind kind, List<Schema> schemas, int schema) {
  static final String FILE = "partition";
  static final int MOST_BYTES = 1 << 20;

  byte[] encode() {
    Output out = new Output(256);
    FileKind.PARTITION.write(out);
    out.writeLong(log);
    out.writeInt(number(kind));
    int length = out.reserve(4);
    out.writeUnsigned(schema);
    out.writeUnsigned(schemas.size());
    schemas.forEach(each -> out.writeString(each.toString()));
    out.setInt(length, out.size() - length - 4);
    out.writeInt(Checksum.of(out.array(), 0, out.size()));
    return out.toByteArray();
  }

  static PartitionMeta decode(byte[] bytes, Path file) {
    FileKind.PARTITION.check(bytes, file);
    if (bytes.length < 28
        || new Input(bytes, bytes.length - 4, 4).readInt()
            != Checksum.of(bytes, 0, bytes.length - 4)) {
      throw new DatabaseException.Corrupt(file, 0, "its checksum is wrong");
    }
    Input in = new Input(bytes, FileKind.BYTES, bytes.length - FileKind.BYTES);
    long log = in.readLong();
    PartitionKind kind = kind(in.readInt(), file);
    int _ = in.readInt();
    try {
      return withSchemas(log, kind, in);
    } catch (MalformedException e) {
      throw new DatabaseException.Corrupt(file, 24, "the schemas are none: " + e.getMessage());
    }
  }

  private static PartitionMeta withSchemas(long log, PartitionKind kind, Input in) {
    long schema = in.readUnsigned();
    int count = in.readLength();
    if (schema < 0 || schema >= count) {
      throw new MalformedException("number " + schema + " of " + count);
    }
    List<Schema> schemas = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      schemas.add(Schema.parse(in.readString()));
    }
    return new PartitionMeta(log, kind, List.copyOf(schemas), (int) schema);
  }

  private static int number(PartitionKind kind) {
    return switch (kind) {
      case MACHINE -> 0;
      case LOG -> 1;
      case STORE -> 2;
    };
  }

  private static PartitionKind kind(int number, Path file) {
    return switch (number) {
      case 0 -> PartitionKind.MACHINE;
      case 1 -> PartitionKind.LOG;
      case 2 -> PartitionKind.STORE;
      default ->
          throw new DatabaseException.Corrupt(
              file, 16, "no kind of partition has number " + number);
    };
  }

  /** This partition with another schema for what is written from now on. */
  PartitionMeta writing(Schema wanted) {
    Medium.Stored stored = stored().writing(wanted);
    return new PartitionMeta(log, kind, stored.schemas(), stored.schema());
  }

  Medium.Stored stored() {
    return new Medium.Stored(kind, schemas, schema);
  }
}
