package dev.espora.bench;

import dev.espora.bench.search.People;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@link SearchBench} searches, beside {@link Settings}.
 *
 * @param people how many are registered
 * @param heap of Espora's process, as in {@code -Xmx}
 * @param postgres a server to compare with, as a JDBC URL; one of the benchmark's own otherwise
 * @param jars folder with the peers' jars, see {@link PeersSettings#jars}
 */
public record SearchSettings(
    int people, String heap, Optional<String> postgres, Optional<Path> jars) {

  /** A million people, 512 MB, a server of the benchmark's own. */
  public static final SearchSettings DEFAULTS =
      new SearchSettings(1_000_000, "512m", Optional.empty(), Optional.empty());

  public SearchSettings {
    if (people < 1 || people > People.MOST) {
      throw new IllegalArgumentException("people " + people + " are not from 1 to 10,000,000");
    }
    if (!heap.matches("[1-9][0-9]{0,5}[mMgG]")) {
      throw new IllegalArgumentException("heap '" + heap + "' is no size such as 512m or 2g");
    }
  }
}
