package dev.espora.db.tools;

import dev.espora.db.PartitionKind;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * What was saved of a damaged database, and what was not.
 *
 * @param dropped what could not be carried over; none if nothing was damaged
 */
public record Salvage(Path output, List<Saved> partitions, List<Dropped> dropped) {

  /**
   * A partition that was written anew.
   *
   * @param snapshot the position in the new log of the snapshot that was carried over
   */
  public record Saved(
      String name, PartitionKind kind, long batches, long records, OptionalLong snapshot) {}

  /**
   * Bytes that were left behind.
   *
   * @param from the first byte of the file
   * @param to the byte behind the last
   * @param reason why they are not valid
   */
  public record Dropped(Path file, long from, long to, String reason) {
    @Override
    public String toString() {
      return file + ", bytes " + from + " to " + to + ": " + reason;
    }
  }
}
