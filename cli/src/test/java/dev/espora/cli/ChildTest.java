package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shell script stands for the JVM. */
class ChildTest {
  @TempDir Path directory;
  private final Lifetime lifetime = new Lifetime();
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final HeldLog held = new HeldLog(new PrintStream(log, true, StandardCharsets.UTF_8));

  @Test
  void deathBeforeReadyEndsTheProgramWithTheLastWords() throws Exception {
    Child child = child("echo 'espora: the disk is full' >&2; exit 1");
    child.start();
    assertThatThrownBy(() -> lifetime.stopped().get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(CommandFailed.class)
        .hasRootCauseMessage("the disk is full");
    child.awaitStop(Duration.ofSeconds(10));
  }

  @Test
  void deathWithoutWordsIsDescribed() throws Exception {
    Child child = child("exit 3");
    child.start();
    assertThatThrownBy(() -> lifetime.stopped().get(10, TimeUnit.SECONDS))
        .hasRootCauseMessage("bank-1 ended with exit code 3");
    child.awaitStop(Duration.ofSeconds(10));
  }

  @Test
  void oneThatKeepsDyingIsGivenUp() throws Exception {
    Child child = child("echo 'ready here'; echo 'espora: poisoned'; exit 1");
    child.start();
    assertThat(child.ready().get(10, TimeUnit.SECONDS)).isEqualTo("here");
    assertThatThrownBy(() -> lifetime.stopped().get(30, TimeUnit.SECONDS))
        .hasRootCauseMessage("bank-1 died " + Child.QUICK_DEATHS_MAX + " times in a row: poisoned");
    child.awaitStop(Duration.ofSeconds(10));
    held.release();
    assertThat(log.toString(StandardCharsets.UTF_8).lines())
        .filteredOn(line -> line.contains("starting it again"))
        .hasSize(Child.QUICK_DEATHS_MAX - 1);
  }

  @Test
  void backoffStaysBelowWhatThePromiseLeaves() {
    assertThat(Child.backoff(1)).isLessThan(Duration.ofMillis(200));
    assertThat(Child.backoff(100)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void oneThatDoesNotStopIsKilled() throws Exception {
    Child child = ready("trap '' TERM; echo 'ready here'; while :; do read line || :; done");
    ProcessHandle process = ProcessHandle.of(child.pid()).orElseThrow();
    child.requestStop();
    child.awaitStop(Duration.ofMillis(100));
    assertThat(process.isAlive()).isFalse();
    assertThat(lifetime.stopped()).isNotDone();
  }

  @Test
  void itsOutputCarriesItsNameAndIsHeldBackWhileOthersStart() throws Exception {
    Child child = ready("echo 'something happened'; echo 'ready here'; exec cat");
    child.requestStop();
    child.awaitStop(Duration.ofSeconds(10));
    assertThat(log.toString(StandardCharsets.UTF_8)).isEmpty();
    held.release();
    assertThat(log.toString(StandardCharsets.UTF_8)).isEqualTo("bank-1 | something happened\n");
  }

  @Test
  void oneThatEndsWhileTheProgramStopsIsNotStartedAgain() throws Exception {
    Child child = ready("echo 'ready here'; read line; echo 'it goes'");
    lifetime.stop();
    ProcessHandle.of(child.pid()).orElseThrow().destroy();
    child.awaitStop(Duration.ofSeconds(10));
    held.release();
    assertThat(log.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void variablesThatStandForOptionsDoNotReachIt() {
    Map<String, String> environment = new HashMap<>();
    for (String name : List.of("ESPORA_MEDIUM", "ESPORA_ADMIN", "PORT", "DB", "UPSTREAMS")) {
      environment.put(name, "other");
    }
    environment.put("PATH", "/bin");
    environment.put("JDK_JAVA_OPTIONS", "-Xint");
    environment.put("MALLOC_ARENA_MAX", "1");
    Child.prepare(environment);
    assertThat(environment)
        .containsOnly(
            Map.entry("PATH", "/bin"),
            Map.entry("JDK_JAVA_OPTIONS", "-Xint"),
            Map.entry("MALLOC_ARENA_MAX", "1"),
            Map.entry(ParentWatch.VARIABLE, "stdin"));
  }

  /** One that has said that it is ready. */
  private Child ready(String script) throws Exception {
    Child child = child(script);
    child.start();
    child.ready().get(10, TimeUnit.SECONDS);
    return child;
  }

  private Child child(String script) throws IOException {
    Path java =
        Files.createFile(
            directory.resolve("java"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.writeString(java, "#!/bin/sh\n" + script + "\n");
    Component component = new Component("bank-1", "unix:/x", JavaProgram.Role.BANK, List.of());
    return new Child(component, new JavaProgram(java, null, "none"), lifetime, held);
  }
}
