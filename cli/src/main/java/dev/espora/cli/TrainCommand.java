package dev.espora.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * What the build runs once, so that the JVM learns which classes and methods the program needs:
 * every server command in one process, under a little load.
 */
@Command(name = "train", hidden = true, description = "Runs a role for its start-up cache.")
final class TrainCommand implements Callable<Integer> {
  private static final int REQUESTS = 2000;
  private static final String BODY = "{\"valor\": 1, \"tipo\": \"c\", \"descricao\": \"training\"}";

  private record Running(Thread thread, Lifetime lifetime, String output) {

    /** Where it listens, by its line {@code ready ADDRESS}, the last one so far. */
    String address() {
      return output.substring(output.lastIndexOf(Ready.PREFIX) + Ready.PREFIX.length());
    }

    /** The instances of an {@code up}, by the lines before. */
    String instances() {
      return output
          .lines()
          .filter(line -> line.contains("handoff:"))
          .map(line -> line.substring(line.indexOf("handoff:")))
          .collect(Collectors.joining(","));
    }

    void stop() throws InterruptedException {
      lifetime.stop();
      thread.join();
    }
  }

  @Parameters private JavaProgram.Role role = JavaProgram.Role.FRONT;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("espora-");
    PrintStream out = System.out;
    List<Running> running = new ArrayList<>();
    try {
      String socket = "handoff:" + directory.resolve("1.sock");
      String data = directory.resolve("data").toString();
      if (role == JavaProgram.Role.INSTANCE) {
        running.add(run("serve", "bank", "--listen", socket, "--data", data));
        running.add(run("balance", "--listen", "127.0.0.1:0", "--upstream", socket));
      } else {
        running.add(run("up", "bank", "--port", "0", "--data", data));
        String instances = running.getLast().instances();
        running.add(run("balance", "--listen", "127.0.0.1:0", "--upstream", instances));
      }
      load(running.getLast().address());
      return 0;
    } finally {
      for (Running command : running.reversed()) {
        command.stop();
      }
      System.setOut(out);
      remove(directory);
    }
  }

  /** Starts a command and waits for its line {@code ready}. */
  private static Running run(String... arguments) throws IOException {
    PipedInputStream pipe = new PipedInputStream();
    System.setOut(new PrintStream(new PipedOutputStream(pipe), true, StandardCharsets.UTF_8));
    Lifetime lifetime = new Lifetime();
    Thread thread =
        new Thread(
            () -> {
              lifetime.finished(Main.commandLine(lifetime).execute(arguments));
              System.out.close();
            },
            arguments[0]);
    thread.start();
    BufferedReader output = new BufferedReader(new InputStreamReader(pipe, StandardCharsets.UTF_8));
    StringJoiner lines = new StringJoiner("\n");
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      lines.add(line);
      if (line.startsWith(Ready.PREFIX)) {
        return new Running(thread, lifetime, lines.toString());
      }
    }
    throw new CommandFailed("'" + String.join(" ", arguments) + "' ended before it was ready");
  }

  private static void load(String address) throws IOException {
    URI balancer = URI.create("http://" + address);
    for (int i = 0; i < REQUESTS; i++) {
      int account = i % 5 + 1;
      String request =
          i % 10 == 0
              ? "GET /clientes/" + account + "/extrato HTTP/1.1\r\n"
              : "POST /clientes/"
                  + account
                  + "/transacoes HTTP/1.1\r\n"
                  + "Content-Type: application/json\r\nContent-Length: "
                  + BODY.length()
                  + "\r\n";
      String end = "Host: localhost\r\nConnection: close\r\n\r\n" + (i % 10 == 0 ? "" : BODY);
      try (Socket connection = new Socket(balancer.getHost(), balancer.getPort())) {
        connection.getOutputStream().write((request + end).getBytes(StandardCharsets.US_ASCII));
        String answer =
            new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!answer.startsWith("HTTP/1.1 200")) {
          throw new CommandFailed("no 200 in training: " + answer);
        }
      }
    }
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
