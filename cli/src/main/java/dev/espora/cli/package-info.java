@NullMarked
package dev.espora.cli;

import org.jspecify.annotations.NullMarked;
