/** The contract of a {@link dev.espora.db.Medium} as tests, and a clock that tests set. */
@NullMarked
package dev.espora.testkit;

import org.jspecify.annotations.NullMarked;
