package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.Output;
import dev.espora.db.disk.SharedMemory;
import java.nio.file.Path;

/**
 * The last word of a control block: a checksum of the block while nobody uses it, so that rot in it
 * is found; 0 while somebody does, or after a crash.
 */
final class Seal {
  private static final int AT = Control.BYTES - 8;
  private static final long ON = 1L << 32;

  private Seal() {}

  static boolean isOn(SharedMemory memory) {
    return memory.get(AT) != 0;
  }

  static void lift(SharedMemory memory) {
    memory.set(AT, 0);
  }

  static void put(SharedMemory memory) {
    Output out = new Output(Control.BYTES);
    for (int word = 0; word < AT; word += 8) {
      out.writeLong(memory.get(word));
    }
    memory.set(AT, of(out.array()));
  }

  /**
   * @throws DatabaseException.Corrupt if a block is sealed and not what was sealed
   */
  static void check(byte[] block, Path file) {
    if (block.length == Control.BYTES) {
      long seal = new Input(block, AT, 8).readLong();
      if (seal != 0 && seal != of(block)) {
        throw new DatabaseException.Corrupt(file, AT, "its checksum is wrong");
      }
    }
  }

  private static long of(byte[] block) {
    return ON | Integer.toUnsignedLong(Checksum.of(block, 0, AT));
  }
}
