package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Processes that replicate make exceptions of what other nodes send, and nothing else. */
class SerialFilterTest {
  private static final String OPTION = "-Djdk.serialFilter=";

  @Test
  void nothingButExceptionsComesIn() throws Exception {
    Throwable exception = new CompletionException(new IOException("no"));
    assertThat(read(write(exception))).isInstanceOf(CompletionException.class);
    assertThatExceptionOfType(InvalidClassException.class)
        .isThrownBy(() -> read(write(java.time.Duration.ofDays(1))));
  }

  private static byte[] write(Object object) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    return bytes.toByteArray();
  }

  private static Object read(byte[] bytes) throws IOException, ClassNotFoundException {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      in.setObjectInputFilter(filter());
      return in.readObject();
    }
  }

  private static ObjectInputFilter filter() throws IOException {
    Path options = Path.of("src", "main", "dist", "conf", "ratis.args");
    return Files.readAllLines(options).stream()
        .filter(line -> line.startsWith(OPTION))
        .map(line -> ObjectInputFilter.Config.createFilter(line.substring(OPTION.length())))
        .findFirst()
        .orElseThrow();
  }
}
