package dev.espora.bank;

import java.time.Instant;

/**
 * A movement that took effect.
 *
 * @param at when it was asked for, in microseconds
 */
public record Transaction(Movement movement, Instant at) {}
