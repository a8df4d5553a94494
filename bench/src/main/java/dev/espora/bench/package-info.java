@NullMarked
package dev.espora.bench;

import org.jspecify.annotations.NullMarked;
