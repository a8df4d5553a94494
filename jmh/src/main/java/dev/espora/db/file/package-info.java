/** Micro-benchmarks of what the file medium keeps to itself. */
@org.jspecify.annotations.NullMarked
package dev.espora.db.file;
