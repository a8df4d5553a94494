/**
 * The database. Begin with {@link dev.espora.db.Database}, which opens a {@link
 * dev.espora.db.Store} of typed keys and values, a {@link dev.espora.db.Log} of rows, or a {@link
 * dev.espora.db.Partition} that follows a {@link dev.espora.db.StateMachine} of your own; {@link
 * dev.espora.db.Options} says how durable and within which limits.
 *
 * <p>{@link dev.espora.db.Medium}, {@link dev.espora.db.Journal} and what they speak of are for
 * those who write a medium, see {@code docs/mediums.md}.
 */
@NullMarked
package dev.espora.db;

import org.jspecify.annotations.NullMarked;
