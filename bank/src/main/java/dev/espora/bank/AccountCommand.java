package dev.espora.bank;

import java.time.Instant;
import java.util.Optional;

/**
 * The wish to move money on one account.
 *
 * @param at the time of the wish, in microseconds
 * @param key an idempotency key
 */
record AccountCommand(Movement movement, Instant at, Optional<String> key) {}
