/** How typed values become bytes. */
@NullMarked
package dev.espora.db.codec;

import org.jspecify.annotations.NullMarked;
