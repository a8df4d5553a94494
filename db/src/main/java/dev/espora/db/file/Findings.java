package dev.espora.db.file;

import dev.espora.db.tools.Progress;
import dev.espora.db.tools.Verification;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What verifying has found so far, and how far it has come. */
final class Findings {
  private static final long REPORT_EVERY_BYTES = 4 << 20;

  private final Progress progress;
  private final long total;
  private final List<Verification.Verified> partitions = new ArrayList<>();
  private final List<Verification.Damage> damages = new ArrayList<>();
  private final List<Verification.Notice> notices = new ArrayList<>();
  private long done;
  private long reported;

  /**
   * @param total bytes to read
   */
  Findings(Progress progress, long total) {
    this.progress = progress;
    this.total = total;
  }

  void damage(Path file, long offset, String problem) {
    damages(List.of(new Verification.Damage(file, offset, problem)));
  }

  void damage(Path file, Exception e) {
    damages(List.of(PartitionView.damage(file, e)));
  }

  void damages(List<Verification.Damage> more) {
    more.stream().filter(damage -> !damages.contains(damage)).forEach(damages::add);
  }

  void notice(Path file, String text) {
    notices.add(new Verification.Notice(file, text));
  }

  void verified(Verification.Verified partition) {
    partitions.add(partition);
  }

  void read(long bytes) {
    done += bytes;
    if (done - reported >= REPORT_EVERY_BYTES) {
      reported = done;
      progress.bytes(Math.min(done, total), total);
    }
  }

  /** How much was found wrong so far. */
  int damageCount() {
    return damages.size();
  }

  /** Empty ones, to try something that may have to be done over. */
  Findings attempt() {
    return new Findings(progress, total);
  }

  /** Takes over what an attempt found. */
  void accept(Findings attempt) {
    partitions.addAll(attempt.partitions);
    damages.addAll(attempt.damages);
    notices.addAll(attempt.notices);
    read(attempt.done);
  }

  Verification result() {
    return new Verification(List.copyOf(partitions), List.copyOf(damages), List.copyOf(notices));
  }
}
