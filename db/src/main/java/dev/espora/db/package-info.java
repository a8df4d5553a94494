/** The database: partitions, their state machines, durability, errors. */
@NullMarked
package dev.espora.db;

import org.jspecify.annotations.NullMarked;
