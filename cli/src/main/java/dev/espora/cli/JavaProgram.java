package dev.espora.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * This program as a command line for child processes, as {@code bin/espora} has it: the same JDK,
 * jars, JVM options and start-up caches.
 *
 * @param java the JVM
 * @param home the folder of the packaged program; null where it runs from classes
 * @param classPath where {@link Main} is
 */
record JavaProgram(Path java, @Nullable Path home, String classPath) {

  /** What a process is for, which decides its JVM options and its start-up cache. */
  enum Role {
    FRONT,
    INSTANCE,
    /** An instance with a larger heap. */
    PEOPLE;

    /** Files of options; of two that say the same the later one counts. */
    List<String> options() {
      return switch (this) {
        case FRONT -> List.of("front");
        case INSTANCE -> List.of("instance");
        case PEOPLE -> List.of("instance", "people");
      };
    }

    String cache() {
      return options().getFirst();
    }
  }

  static JavaProgram current() {
    String home = System.getProperty("espora.home");
    return new JavaProgram(
        Path.of(System.getProperty("java.home"), "bin", "java"),
        home == null ? null : Path.of(home),
        System.getProperty("java.class.path"));
  }

  List<String> command(Role role, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(java.toString());
    if (home != null) {
      command.add("@" + home.resolve("conf").resolve("jvm.args"));
      for (String options : role.options()) {
        command.add("@" + home.resolve("conf").resolve(options + ".args"));
      }
      command.add("-XX:AOTCache=" + home.resolve("lib").resolve(role.cache() + ".aot"));
      command.add("-Despora.home=" + home);
    }
    command.addAll(List.of("-cp", classPath, Main.class.getName()));
    command.addAll(arguments);
    return command;
  }
}
