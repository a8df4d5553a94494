package dev.espora.db;

import dev.espora.db.codec.Codec;

/**
 * How commands travel to the process that decides them, and results back, where a medium has one
 * process decide for several.
 *
 * @param commands how commands are written
 * @param results how results are written
 */
public record Forwarding<C, R>(Codec<C> commands, Codec<R> results) {

  /** With the default codecs. */
  public static <C, R> Forwarding<C, R> of(Class<C> commands, Class<R> results) {
    return new Forwarding<>(Codec.of(commands), Codec.of(results));
  }

  /** What is written; processes that write something else do not understand each other. */
  String schema() {
    return commands.schema() + " -> " + results.schema();
  }
}
