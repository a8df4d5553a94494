/**
 * The same database on several machines: a medium whose partitions are replicated by Apache Ratis
 * over gRPC.
 */
@NullMarked
package dev.espora.ratis;

import org.jspecify.annotations.NullMarked;
