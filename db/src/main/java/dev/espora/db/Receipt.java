package dev.espora.db;

import java.time.Duration;

/**
 * The proof of a write.
 *
 * @param result what the state machine answered
 * @param position where the log ended, in bytes, once this command had taken effect
 * @param durability what the database was opened with here; a medium may keep more, on several
 *     machines, or nothing, in memory
 * @param sync how long the sync took that covers the command, shared by its whole batch; zero where
 *     none was waited for
 */
public record Receipt<R>(R result, long position, Durability durability, Duration sync) {}
