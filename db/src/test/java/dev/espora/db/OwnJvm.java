package dev.espora.db;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Other processes of tests: a class of theirs with a {@code main}, in a JVM of its own. */
public final class OwnJvm {
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  private OwnJvm() {}

  /** The command that runs a class which may use native access. */
  public static List<String> command(Class<?> main, Object... arguments) {
    return command(List.of("--enable-native-access=ALL-UNNAMED", "-Xmx256m"), main, arguments);
  }

  /** The command that runs a class with these options of the JVM. */
  public static List<String> command(List<String> options, Class<?> main, Object... arguments) {
    List<String> command = new ArrayList<>(List.of(JAVA));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return command;
  }
}
