/**
 * Embedded key-value engines behind one small interface, each used in the way that its own
 * documentation recommends where every acknowledged write must survive the loss of power.
 */
@NullMarked
package dev.espora.bench.peers;

import org.jspecify.annotations.NullMarked;
