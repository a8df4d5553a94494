package dev.espora.db;

import java.time.Instant;
import java.util.Optional;

/**
 * What a {@link Store} has at a key.
 *
 * @param created when the key was given an entry; updates do not change it. In milliseconds, as all
 *     times here
 * @param written when this version of the entry was written
 * @param expires from when on nobody reads it any more, if its time is limited
 * @param sequence tells this version from any other of the store, and grows with each change: the
 *     position of the change in the store's log
 */
public record Entry<V>(
    V value, Instant created, Instant written, Optional<Instant> expires, long sequence) {}
