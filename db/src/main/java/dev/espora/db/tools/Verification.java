package dev.espora.db.tools;

import java.nio.file.Path;
import java.util.List;

/**
 * What verifying found.
 *
 * @param partitions that were checked
 * @param damages in the order of the files; none if all is well
 * @param notices what is worth knowing and is no damage
 */
public record Verification(List<Verified> partitions, List<Damage> damages, List<Notice> notices) {

  /** Whether no damage was found. */
  public boolean isSound() {
    return damages.isEmpty();
  }

  /**
   * A partition that was checked.
   *
   * @param first position where its log begins
   * @param end position up to which it was checked
   */
  public record Verified(String name, long first, long end, long batches, long records) {}

  /**
   * Bytes that are not what was written, or a file that ought to be there.
   *
   * @param offset bytes from the start of the file
   */
  public record Damage(Path file, long offset, String problem) {
    @Override
    public String toString() {
      return file + " is corrupt at byte " + offset + ": " + problem;
    }
  }

  /** Something found at a file or directory. */
  public record Notice(Path file, String text) {
    @Override
    public String toString() {
      return file + ": " + text;
    }
  }
}
