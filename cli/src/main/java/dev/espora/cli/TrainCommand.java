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
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * What the build runs once, so that the JVM learns which classes and methods the program needs:
 * every server command in one process, under a little load.
 */
@Command(
    name = "train",
    hidden = true,
    description = "Runs everything once for the start-up cache.")
final class TrainCommand implements Callable<Integer> {
  private static final int REQUESTS = 3000;
  private static final String BODY = "{\"valor\": 1, \"tipo\": \"c\", \"descricao\": \"training\"}";

  private record Running(Thread thread, Lifetime lifetime, String address) {
    void stop() throws InterruptedException {
      lifetime.stop();
      thread.join();
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("espora-");
    PrintStream out = System.out;
    List<Running> running = new ArrayList<>();
    try {
      String socket = directory.resolve("1.sock").toString();
      running.add(
          run("serve", "bank", "--listen", "handoff:" + socket, "--data", directory + "/data"));
      running.add(run("balance", "--listen", "127.0.0.1:0", "--upstream", "handoff:" + socket));
      load(URI.create("http://" + running.getLast().address()));
      running.add(run("up", "bank", "--port", "0", "--data", directory + "/up"));
      return 0;
    } finally {
      for (Running command : running.reversed()) {
        command.stop();
      }
      System.setOut(out);
      remove(directory);
    }
  }

  /** Starts a command and waits for the address in its line {@code ready ADDRESS}. */
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
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith(Ready.PREFIX)) {
        return new Running(thread, lifetime, line.substring(Ready.PREFIX.length()));
      }
    }
    throw new CommandFailed("'" + String.join(" ", arguments) + "' ended before it was ready");
  }

  private static void load(URI balancer) throws IOException {
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
