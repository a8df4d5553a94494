/** People to search for, terms to search them by, and the two that search. */
@NullMarked
package dev.espora.bench.search;

import org.jspecify.annotations.NullMarked;
