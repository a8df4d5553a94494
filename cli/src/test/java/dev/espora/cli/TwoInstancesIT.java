package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes, one bank. */
class TwoInstancesIT {
  @TempDir static Path directory;
  private static Up up;

  /** For the tests that each have an account to themselves. */
  @BeforeAll
  static void start() throws IOException {
    up = start("shared");
  }

  @AfterAll
  static void stop() throws InterruptedException {
    try (Up ending = up) {
      assertThat(ending.stop()).isZero();
    }
  }

  @Test
  void connectionsAlternate() throws Exception {
    assumeThat(Connections.visible()).as("/proc").isTrue();
    List<String> holders = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      try (Client client = new Client(up.port())) {
        assertThat(client.statement(1).status()).isEqualTo(200);
        for (String name : List.of("bank-1", "bank-2")) {
          if (Connections.holds(up.component(name), up.port(), client.localPort())) {
            holders.add(name);
          }
        }
      }
    }
    assertThat(holders).hasSize(6);
    assertThat(holders.subList(0, 2)).containsExactlyInAnyOrder("bank-1", "bank-2");
    assertThat(holders.subList(2, 4)).isEqualTo(holders.subList(0, 2));
    assertThat(holders.subList(4, 6)).isEqualTo(holders.subList(0, 2));
  }

  @Test
  void acknowledgedByOneIsSeenByTheOtherInTheNextRequest() throws Exception {
    try (Client one = new Client(up.port());
        Client other = new Client(up.port())) {
      for (int i = 1; i <= 500; i++) {
        Client writer = i % 2 == 0 ? one : other;
        Client reader = i % 2 == 0 ? other : one;
        assertThat(writer.transaction(3, 1, 'c', "i" + i).number("saldo")).isEqualTo(i);
        Answer statement = reader.statement(3);
        assertThat(statement.number("total")).isEqualTo(i);
        assertThat(statement.body()).contains("\"i" + i + "\"");
      }
    }
  }

  @Test
  void concurrentDebitsNeverPassTheLimit() throws Exception {
    int debits = 200;
    long cents = 1000;
    try (ExecutorService callers = Executors.newFixedThreadPool(debits)) {
      CyclicBarrier together = new CyclicBarrier(debits);
      Callable<Answer> debit =
          () -> {
            try (Client client = new Client(up.port())) {
              together.await();
              return client.transaction(2, cents, 'd', "debit");
            }
          };
      List<Future<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < debits; i++) {
        answers.add(callers.submit(debit));
      }
      int accepted = 0;
      for (Future<Answer> future : answers) {
        Answer answer = future.get();
        assertThat(answer.status()).isIn(200, 422);
        if (answer.status() == 200) {
          accepted++;
          assertThat(answer.number("saldo")).isBetween(-80_000L, -cents);
        }
      }
      assertThat(accepted).isEqualTo(80);
      try (Client client = new Client(up.port())) {
        assertThat(client.statement(2).number("total")).isEqualTo(-80_000);
      }
    }
  }

  @Test
  void sigtermLeavesNothingBehindAndEveryAccountContinues() throws Exception {
    Path sockets;
    List<ProcessHandle> processes;
    try (Up up = start("stopped");
        Client client = new Client(up.port())) {
      for (int account = 1; account <= 5; account++) {
        assertThat(client.transaction(account, account * 11L, 'c', "kept").status()).isEqualTo(200);
      }
      sockets = up.runtimeDirectory();
      processes = up.everything();
      assertThat(processes).hasSize(4);
      assertThat(sockets).isNotEmptyDirectory();
      assertThat(Files.getPosixFilePermissions(sockets)).hasSize(3);
      assertThat(up.stop()).isZero();
    }
    assertThat(processes).noneMatch(ProcessHandle::isAlive);
    assertThat(sockets).doesNotExist();

    try (Up up = start("stopped");
        Client client = new Client(up.port())) {
      for (int account = 1; account <= 5; account++) {
        Answer statement = client.statement(account);
        assertThat(statement.number("total")).isEqualTo(account * 11L);
        assertThat(statement.body()).contains("\"kept\"");
      }
    }
  }

  private static Up start(String data) throws IOException {
    return Up.start(directory, directory.resolve(data), Espora.freePort());
  }
}
