@NullMarked
package dev.espora.http;

import org.jspecify.annotations.NullMarked;
