/**
 * Fuzz targets: each takes any bytes at all and throws if a promise is broken. What needs more than
 * the public API of a module is in a package of that module's name.
 */
@org.jspecify.annotations.NullMarked
package dev.espora.fuzz;
