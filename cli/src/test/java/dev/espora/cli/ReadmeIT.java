package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program on the first screen of the README compiles and runs. */
class ReadmeIT {
  @TempDir Path directory;

  @Test
  void programRuns() throws Exception {
    String readme = Files.readString(LauncherIT.CHECKOUT.resolve("README.md"));
    Matcher program = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(readme);
    assertThat(program.find()).isTrue();
    Files.writeString(directory.resolve("Zoo.java"), program.group(1));

    Path jar = Espora.PROGRAM.resolveSibling("../lib/espora-db-0.1.0.jar").normalize();
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Path out = directory.resolve("out");
    Process process =
        Espora.builder(
                List.of(
                    java.toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    jar.toString(),
                    "Zoo.java"))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(Files.readAllLines(out))
        .satisfiesExactly(
            first -> assertThat(first).isEqualTo("owl Animal[name=Owl, origin=Lapland, age=1]"),
            second ->
                assertThat(second).isEqualTo("tiger Animal[name=Tiger, origin=Siberia, age=5]"),
            third -> assertThat(third).startsWith("paid true, synced in PT0."));
    assertThat(process.exitValue()).isZero();
  }
}
