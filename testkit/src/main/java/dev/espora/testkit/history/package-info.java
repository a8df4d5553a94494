/**
 * What several threads or processes asked and were told, and whether one order of it all explains
 * it.
 */
@NullMarked
package dev.espora.testkit.history;

import org.jspecify.annotations.NullMarked;
