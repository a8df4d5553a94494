package dev.espora.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.espora.bench.peers.KeyValueEngine;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The floor as an engine: it writes keys and values and never finds them again. */
final class FloorStore implements KeyValueEngine {
  private final FloorLog log;

  FloorStore(Path directory) {
    log = new FloorLog(directory.resolve("floor"));
  }

  @Override
  public void put(String key, byte[] value) {
    byte[] keyBytes = key.getBytes(UTF_8);
    byte[] record = Arrays.copyOf(keyBytes, keyBytes.length + value.length);
    System.arraycopy(value, 0, record, keyBytes.length, value.length);
    log.append(record);
  }

  @Override
  public byte @Nullable [] get(String key) {
    throw new UnsupportedOperationException("the floor cannot read");
  }

  @Override
  public void close() {
    log.close();
  }
}
