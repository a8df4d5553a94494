package dev.espora.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * This program as a command line for child processes: the same JDK, jars and start-up cache.
 *
 * @param java the JVM
 * @param home the folder of the packaged program; null where it runs from classes
 * @param classPath where {@link Main} is
 */
record JavaProgram(Path java, @Nullable Path home, String classPath) {

  static JavaProgram current() {
    String home = System.getProperty("espora.home");
    return new JavaProgram(
        Path.of(System.getProperty("java.home"), "bin", "java"),
        home == null ? null : Path.of(home),
        System.getProperty("java.class.path"));
  }

  List<String> command(List<String> heap, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(java.toString());
    if (home != null) {
      command.add("@" + home.resolve("conf").resolve("jvm.args"));
      command.add("-XX:AOTCache=" + home.resolve("lib").resolve("espora.aot"));
      command.add("-Despora.home=" + home);
    }
    command.addAll(heap);
    command.addAll(List.of("-cp", classPath, Main.class.getName()));
    command.addAll(arguments);
    return command;
  }
}
