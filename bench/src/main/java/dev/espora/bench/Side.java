package dev.espora.bench;

import java.util.function.Supplier;

/**
 * One of the things that are compared.
 *
 * @param name as in the table
 * @param round measures it once
 */
record Side<R>(String name, Supplier<R> round) {}
