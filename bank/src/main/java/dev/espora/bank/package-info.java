@NullMarked
package dev.espora.bank;

import org.jspecify.annotations.NullMarked;
