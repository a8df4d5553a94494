package dev.espora.bench;

import dev.espora.bench.postgres.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Starts the processes that measure engines: they alone have the peers' jars.
 *
 * @param jars folder of those jars; empty where they are on this process's own class path
 * @param workplace where they share the programs of a server
 */
record PeerJvm(Optional<Path> jars, Workplace workplace) {

  /**
   * For every engine alike. What LMDB and MapDB need of the JDK's inside; and a heap for ten
   * million entries, where the memory of the machine allows it.
   */
  private static final List<String> OPTIONS =
      List.of(
          "-XX:MaxRAMPercentage=60",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");

  /**
   * Does the work in a process of its own and returns what that found.
   *
   * @throws IllegalStateException if the engine is missing, fails, or hangs, with the reason
   */
  String run(PeerWork work) {
    return runUnder(List.of(), work);
  }

  /** Does it under another program, a tracer for instance; returns when that has ended, too. */
  String runUnder(List<String> program, PeerWork work) {
    return runUnder(program, work, work.limit());
  }

  /** Does it with another limit. */
  String runUnder(List<String> program, PeerWork work, Duration limit) {
    try (ChildJvm child = start(program, work.arguments())) {
      return PeerWork.found(child.receive(limit));
    }
  }

  /** Starts a process that has the peers' jars. */
  ChildJvm start(List<String> arguments) {
    return start(List.of(), arguments);
  }

  private ChildJvm start(List<String> program, List<String> arguments) {
    List<String> command = new ArrayList<>(program);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(OPTIONS);
    command.add("-D" + PostgresServer.PROGRAMS + "=" + workplace.resolve("programs"));
    command.addAll(List.of("--class-path", ChildJvm.classPath(jars), Child.class.getName()));
    return ChildJvm.startWith(command, arguments);
  }
}
