/**
 * Small programs, each of which shows one thing. After {@code mvn package -pl db,examples} any of
 * them runs by itself:
 *
 * <pre>{@code
 * java --enable-native-access=ALL-UNNAMED -cp db/target/classes:examples/target/classes \
 *   dev.espora.examples.FirstProgram data/first
 * }</pre>
 */
@NullMarked
package dev.espora.examples;

import org.jspecify.annotations.NullMarked;
