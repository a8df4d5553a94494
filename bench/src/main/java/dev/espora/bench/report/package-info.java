/**
 * Pages with plots that open without a network: HTML with drawings inside, no scripts. Public for
 * {@code dev.espora.bench} alone.
 */
@NullMarked
package dev.espora.bench.report;

import org.jspecify.annotations.NullMarked;
