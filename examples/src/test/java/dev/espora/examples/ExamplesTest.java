package dev.espora.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.Database;
import dev.espora.db.Options;
import dev.espora.testkit.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs every example and looks at what it prints. */
class ExamplesTest {
  @TempDir Path directory;

  /** The main method of an example. */
  private interface Program {
    void main(String[] args) throws Exception;
  }

  private List<String> output(Program program) throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream captured = new ByteArrayOutputStream();
    System.setOut(new PrintStream(captured, true, StandardCharsets.UTF_8));
    try {
      program.main(new String[] {directory.toString()});
    } finally {
      System.setOut(before);
    }
    String text = captured.toString(StandardCharsets.UTF_8);
    before.print(text);
    return text.lines().toList();
  }

  @Test
  void firstProgramReadsWhatItCreatedAndUpdatesIt() throws Exception {
    List<String> expected =
        List.of(
            "read: Animal[name=Tiger, home=Siberia, legs=4]",
            "now: Animal[name=Tiger, home=Sumatra, legs=4]");
    assertThat(output(FirstProgram::main)).isEqualTo(expected);
    assertThat(output(FirstProgram::main))
        .as("what is durable is there the next time")
        .containsExactly(expected.getLast().replace("now", "read"), expected.getLast());
  }

  @Test
  void sessionsEndHalfAnHourAfterTheirLastUse() throws Exception {
    assertThat(output(Sessions::main))
        .containsExactly(
            "2026-01-01T12:00:00Z ana",
            "2026-01-01T12:29:00Z ana",
            "2026-01-01T12:58:00Z ana",
            "2026-01-01T13:28:00Z nobody",
            "0 sessions");
  }

  @Test
  void aSessionEndsAtItsInstant() {
    ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    try (Database db = Database.open(directory, Options.DEFAULTS.withClock(clock))) {
      Sessions sessions = new Sessions(db);
      String ana = sessions.login("ana");
      clock.advance(Duration.ofMinutes(29));
      String bia = sessions.login("bia");
      clock.advance(Duration.ofMinutes(1).minusMillis(1));
      assertThat(sessions.count()).isEqualTo(2);
      clock.advance(Duration.ofMillis(1));
      assertThat(sessions.touch(ana)).isEmpty();
      assertThat(sessions.touch(bia)).contains("bia");
      assertThat(sessions.count()).isEqualTo(1);
    }
  }

  @Test
  void twoProcessesCountExactly() throws Exception {
    assertThat(output(SharedCounter::main)).containsExactly("two processes counted to 1000");
  }

  @Test
  void inventoryRejectsWhatItDoesNotHave() throws Exception {
    assertThat(output(Inventory::main))
        .containsExactly(
            "InStock[quantity=100]",
            "InStock[quantity=30]",
            "TooFew[quantity=30]",
            "Stock[quantities={bolt=30}]");
  }

  @Test
  void anEvolvedRecordIsReadAndAnIncompatibleOneRefused() throws Exception {
    assertThat(output(EvolvedRecord::main))
        .satisfiesExactly(
            line -> assertThat(line).startsWith("refused: ").contains("PersonWrong.age"),
            line ->
                assertThat(line)
                    .isEqualTo("read: PersonLater[fullName=Ana Souza, age=30, city=unknown]"),
            line ->
                assertThat(line)
                    .isEqualTo("written: PersonLater[fullName=Bia Lima, age=28, city=Recife]"));
  }
}
