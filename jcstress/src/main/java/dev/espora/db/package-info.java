/** States as readers see them. */
@org.jspecify.annotations.NullMarked
package dev.espora.db;
