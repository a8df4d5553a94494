/**
 * Small programs, each of which shows one thing. After {@code mvn package -DskipTests -pl examples
 * -am} any of them runs by itself:
 *
 * <pre>{@code
 * java --enable-native-access=ALL-UNNAMED -cp db/target/classes:examples/target/classes \
 *   dev.espora.examples.FirstProgram data/first
 * }</pre>
 */
@NullMarked
package dev.espora.examples;

import org.jspecify.annotations.NullMarked;
