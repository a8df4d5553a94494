package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./espora}: from anywhere, for anyone, with whatever Java is first on the path. */
class LauncherIT {
  /** {@code cli/target/espora/bin/espora} is four folders below the checkout. */
  static final Path CHECKOUT =
      Objects.requireNonNull(Espora.PROGRAM.getRoot())
          .resolve(Espora.PROGRAM.subpath(0, Espora.PROGRAM.getNameCount() - 5));

  private static final String LAUNCHER = CHECKOUT.resolve("espora").toString();

  @TempDir Path directory;

  @Test
  void worksFromAnotherDirectoryThroughASymbolicLink() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of(LAUNCHER));
    Path second = Files.createSymbolicLink(directory.resolve("second"), Path.of("link"));
    assertThat(link).isSymbolicLink();
    assertThat(run(Map.of(), List.of(second.toString(), "--version")))
        .startsWith("0 espora 0.1.0\n");
  }

  @Test
  void findsAJdkByItself() throws Exception {
    String path = "/usr/bin:/bin";
    Map<String, String> bare = Map.of("PATH", path, "JAVA_HOME", "/nonexistent");
    assumeThat(Files.isDirectory(Path.of("/usr/lib/jvm"))).as("a usual folder of JDKs").isTrue();
    assertThat(run(bare, List.of(LAUNCHER, "--version"))).startsWith("0 espora 0.1.0\n");
  }

  @Test
  void whereNoJdkIsNewEnoughThatIsSaid() throws Exception {
    Path checkout = copy();
    Path jdk = checkout.resolve("cli/src/main/dist/bin/jdk.sh");
    Files.writeString(
        jdk, Files.readString(jdk).replace("espora_jdk_minimum=25", "espora_jdk_minimum=9999"));
    Path program = Files.createDirectories(directory.resolve("program/bin"));
    Files.copy(jdk, program.resolve("jdk.sh"));
    Files.copy(Espora.PROGRAM, program.resolve("espora"), StandardCopyOption.COPY_ATTRIBUTES);
    for (Path launcher : List.of(checkout.resolve("espora"), program.resolve("espora"))) {
      assertThat(run(Map.of("HOME", "/nonexistent"), List.of(launcher.toString(), "--version")))
          .startsWith("1 espora: no JDK 9999 or newer found")
          .endsWith("install one, or set JAVA_HOME\n");
    }
  }

  @Test
  void whereThereIsNoMavenToBuildWithThatIsSaid() throws Exception {
    Path tools = Files.createDirectory(directory.resolve("tools"));
    for (String tool : List.of("bash", "dirname", "readlink", "find", "head")) {
      Files.createSymbolicLink(
          tools.resolve(tool), Path.of(run(Map.of(), which(tool)).substring(2).strip()));
    }
    Map<String, String> bare =
        Map.of("PATH", tools.toString(), "JAVA_HOME", System.getProperty("java.home"));
    Path checkout = copy();
    assertThat(run(bare, List.of(checkout.resolve("espora").toString(), "--version")))
        .isEqualTo("1 espora: mvn not found; install Maven 3.8.7 or newer to build\n");
  }

  private static List<String> which(String tool) {
    return List.of("sh", "-c", "command -v " + tool);
  }

  /** The launcher and what it reads, not built. */
  private Path copy() throws IOException {
    Path checkout = directory.resolve("checkout");
    Path bin = Files.createDirectories(checkout.resolve("cli/src/main/dist/bin"));
    Files.copy(Path.of(LAUNCHER), checkout.resolve("espora"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.copy(CHECKOUT.resolve("cli/src/main/dist/bin/jdk.sh"), bin.resolve("jdk.sh"));
    return checkout;
  }

  @Test
  void anOrdinaryUserRunsABuiltCheckoutThatIsNotWritable() throws Exception {
    assumeThat(System.getProperty("user.name"))
        .as("root, to become somebody else")
        .isEqualTo("root");
    List<String> nobody =
        List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--", LAUNCHER);
    assumeThat(run(Map.of(), List.of("setpriv", "--reuid=65534", "test", "-x", LAUNCHER)))
        .as("the checkout is readable for others")
        .startsWith("0 ");
    List<String> command = new ArrayList<>(nobody);
    command.add("--version");
    assertThat(run(Map.of("HOME", "/nonexistent"), command)).startsWith("0 espora 0.1.0\n");
  }

  @Test
  void exitCodesPassThrough() throws Exception {
    assertThat(run(Map.of(), List.of(LAUNCHER, "fly"))).startsWith("2 ");
  }

  @Test
  void theProgramDoesNotSeeTheEnginesThatItIsMeasuredBeside() throws Exception {
    Path libraries = Espora.PROGRAM.resolveSibling("../lib").normalize();
    try (JarFile program = new JarFile(libraries.resolve("espora.jar").toFile());
        Stream<Path> peers = Files.list(libraries.resolve("peers"))) {
      List<String> seen =
          List.of(
              program
                  .getManifest()
                  .getMainAttributes()
                  .getValue(Attributes.Name.CLASS_PATH)
                  .split(" ", -1));
      assertThat(seen)
          .contains("espora-db-0.1.0.jar")
          .noneMatch(jar -> jar.contains("gatling") || jar.contains("espora-load"));
      assertThat(peers.map(each -> each.getFileName().toString()))
          .isNotEmpty()
          .doesNotContainAnyElementsOf(seen);
    }
  }

  /** The exit code and what was printed. */
  private String run(Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Path out = directory.resolve("out");
    ProcessBuilder builder =
        Espora.builder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("still running: " + command);
    }
    return process.exitValue() + " " + Files.readString(out);
  }
}
