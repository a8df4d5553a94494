/**
 * The load of the two contests as Gatling simulations, with checks of every answer. Runs in
 * processes of its own, which talk to the benchmark in lines on standard output.
 */
@NullMarked
package dev.espora.bench.load;

import org.jspecify.annotations.NullMarked;
