package dev.espora.cli;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

  /** What a process is for; each has JVM options of its own. */
  enum Role {
    FRONT,
    BANK,
    PEOPLE
  }

  /** What a start-up cache is for: a role, or nodes, whatever they serve. */
  enum Cache {
    FRONT,
    BANK,
    PEOPLE,
    NODE
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
      command.add("@" + home.resolve("conf").resolve(file(role, ".args")));
      Cache cache = Cache.valueOf(role.name());
      if (replicates(arguments)) {
        command.add("@" + home.resolve("conf").resolve("ratis.args"));
        cache = Cache.NODE;
      }
      command.add("-XX:AOTCache=" + home.resolve("lib").resolve(file(cache, ".aot")));
      command.add("-Despora.home=" + home);
    }
    command.addAll(List.of("-cp", classPath(arguments), Main.class.getName()));
    command.addAll(arguments);
    return command;
  }

  private static String file(Enum<?> purpose, String suffix) {
    return purpose.name().toLowerCase(Locale.ROOT) + suffix;
  }

  private static boolean replicates(List<String> arguments) {
    return arguments.stream().anyMatch(each -> each.startsWith(ServeCommand.RATIS));
  }

  /** The jars of Ratis are on the path of those alone that need them. */
  private String classPath(List<String> arguments) {
    return home == null || !replicates(arguments)
        ? classPath
        : classPath + File.pathSeparator + home.resolve("lib").resolve("ratis") + "/*";
  }
}
