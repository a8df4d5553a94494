package dev.espora.db.tools;

import java.nio.file.Path;
import java.util.List;

/**
 * A copy of a database that was verified and is durable.
 *
 * @param bytes of all its files
 */
public record Copy(Path output, List<Verification.Verified> partitions, long bytes) {}
