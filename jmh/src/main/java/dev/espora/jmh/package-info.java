/** Micro-benchmarks of the engine through what it exports. */
@NullMarked
package dev.espora.jmh;

import org.jspecify.annotations.NullMarked;
