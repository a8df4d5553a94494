package dev.espora.bank;

import java.time.Instant;
import java.util.List;

/**
 * An account at one moment.
 *
 * @param balance cents
 * @param limit cents that the balance may go below zero
 * @param at the moment, in microseconds
 * @param newest the newest transactions, newest first, at most 10
 */
public record Statement(long balance, long limit, Instant at, List<Transaction> newest) {}
