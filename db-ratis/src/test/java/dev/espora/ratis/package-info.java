@NullMarked
package dev.espora.ratis;

import org.jspecify.annotations.NullMarked;
