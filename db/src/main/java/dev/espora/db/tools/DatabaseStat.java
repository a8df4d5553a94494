package dev.espora.db.tools;

import dev.espora.db.Durability;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * A database at one moment.
 *
 * @param format the version of its files
 * @param durability what its processes promise, or promised last
 * @param poisonedBy the process whose write or sync failed in the session under way
 * @param partitions by name
 */
public record DatabaseStat(
    Path directory,
    int format,
    Condition condition,
    Durability durability,
    OptionalLong poisonedBy,
    List<PartitionStat> partitions) {}
