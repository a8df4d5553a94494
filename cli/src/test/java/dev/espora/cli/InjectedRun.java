package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.tools.DatabaseTools;
import dev.espora.db.tools.Progress;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** {@link Injected} as a process that is traced, and what has to be so after it. */
final class InjectedRun {
  private static final int PATIENCE_SECONDS = 60;

  private final Path place;
  private final Path data;
  private final Path trace;
  private final Company company;

  /** Who else has the database open. */
  enum Company {
    NOBODY,
    A_PEER
  }

  /**
   * @param place a directory of its own, that exists and is empty
   */
  InjectedRun(Path place, Company company) {
    this.place = place;
    this.data = place.resolve("data");
    this.trace = place.resolve("trace");
    this.company = company;
  }

  /** The calls that it makes on the files of its database if none of them fails. */
  Set<Strace.Call> calls() throws IOException, InterruptedException {
    Told told =
        run(Strace.tracing(Injection.FAULTS.keySet(), trace, program()), Told.Ending.ORDERLY);
    assertThat(told.outcome()).isEqualTo("unnoticed");
    return Strace.callsOn(data, trace);
  }

  /**
   * Lets a call fail, and checks everything that is to be so after that.
   *
   * @return in one word, what the fault did; empty if it hit nothing of the database
   */
  Optional<String> inject(Injection injection) throws IOException, InterruptedException {
    List<String> command = Strace.injecting(injection, trace, program());
    Told told = run(command, injection.kills() ? Told.Ending.KILLED : Told.Ending.ORDERLY);
    if (!Strace.hit(injection, data, trace)) {
      return Optional.empty();
    }
    told.check(injection);
    if (Files.exists(data.resolve("espora"))) {
      assertSound();
    }
    for (int opening = 0; opening < 2; opening++) {
      try (Database db = Database.open(data)) {
        told.checkIn(db);
        write(db, Told.OTHERS + 2 + opening);
        told.checkIn(db);
      }
      assertSound();
    }
    return Optional.of(told.outcome());
  }

  /** Whatever it has printed. */
  String said() throws IOException {
    StringBuilder said = new StringBuilder();
    for (String name : List.of("out", "err")) {
      Path file = place.resolve(name);
      said.append(Files.exists(file) ? Files.readString(file) : "");
    }
    return said.toString();
  }

  private void assertSound() {
    var found = DatabaseTools.at(data).verify(Optional.empty(), Progress.NONE);
    assertThat(found.damages()).as("damage that verify found").isEmpty();
  }

  private Told run(List<String> command, Told.Ending ending)
      throws IOException, InterruptedException {
    if (company == Company.NOBODY) {
      return new Told(data, lines(command), ending);
    }
    try (Database db = Database.open(data)) {
      write(db, Told.OTHERS);
      Told told = new Told(data, lines(command), ending);
      if (told.count("unknown") > 0) {
        assertThat(db.isPoisoned()).as("the peer is poisoned as well").isTrue();
      }
      if (db.isPoisoned()) {
        assertThatThrownBy(() -> write(db, Told.OTHERS + 1))
            .isInstanceOf(DatabaseException.Poisoned.class);
      } else {
        write(db, Told.OTHERS + 1); // the lock of a process that died is free
        told.checkIn(db);
      }
      return told;
    }
  }

  private static void write(Database db, int number) {
    Injected.rows(db).append(new Injected.Row(number, "another"));
    Injected.texts(db).create(number, "another");
  }

  /** What it says until it ends. */
  private List<String> lines(List<String> command) throws IOException, InterruptedException {
    File out = place.resolve("out").toFile();
    File err = place.resolve("err").toFile();
    Process process = Espora.builder(command).redirectOutput(out).redirectError(err).start();
    try {
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("it ends").isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    assertThat(Files.readString(err.toPath())).doesNotContain("Exception in thread");
    return Files.readAllLines(out.toPath());
  }

  /** With the libraries and options of the packaged program, but quick to start. */
  private List<String> program() {
    Path home =
        Objects.requireNonNull(Objects.requireNonNull(Espora.PROGRAM.getParent()).getParent());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + home.resolve("conf/jvm.args"));
    command.add("@" + home.resolve("conf/bank.args"));
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-cp");
    command.add(
        home.resolve("lib/espora.jar")
            + File.pathSeparator
            + URI.create(
                    Injected.class.getProtectionDomain().getCodeSource().getLocation().toString())
                .getPath());
    command.add(Injected.class.getName());
    command.add(data.toString());
    return command;
  }
}
