/** A PostgreSQL server for benchmarks. */
@NullMarked
package dev.espora.bench.postgres;

import org.jspecify.annotations.NullMarked;
