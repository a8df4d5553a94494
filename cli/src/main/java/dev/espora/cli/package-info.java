/** The program {@code espora}: one class for each command, and what they share. */
@NullMarked
package dev.espora.cli;

import org.jspecify.annotations.NullMarked;
