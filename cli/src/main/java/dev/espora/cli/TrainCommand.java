package dev.espora.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
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
  private static final String LAST_HEADERS = "Host: localhost\r\nConnection: close\r\n\r\n";

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

  @Parameters private JavaProgram.Cache cache = JavaProgram.Cache.FRONT;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("espora-");
    PrintStream out = System.out;
    List<Running> running = new ArrayList<>();
    try {
      switch (cache) {
        case FRONT -> front(directory, running);
        case BANK -> instance(Service.BANK, directory, running);
        case PEOPLE -> instance(Service.PEOPLE, directory, running);
        case NODE -> {
          node(Service.BANK, directory, running);
          node(Service.PEOPLE, directory, running);
        }
      }
      return 0;
    } finally {
      for (Running command : running.reversed()) {
        command.stop();
      }
      System.setOut(out);
      remove(directory);
    }
  }

  private static void front(Path directory, List<Running> running) throws IOException {
    String data = directory.resolve("data").toString();
    running.add(run("up", "bank", "--port", "0", "--data", data));
    String instances = running.getLast().instances();
    running.add(run("balance", "--listen", "127.0.0.1:0", "--upstream", instances));
    load(running.getLast().address(), Service.BANK);
  }

  private static void instance(Service service, Path directory, List<Running> running)
      throws IOException {
    serve(service, directory, running, "--data", directory.resolve("data").toString());
  }

  /** A node that is alone, and what asks it as other nodes do. */
  private static void node(Service service, Path directory, List<Running> running)
      throws IOException {
    Path own = Files.createDirectory(directory.resolve(service.toString()));
    var _ = LocalCluster.at(own, 1);
    Path file = LocalCluster.file(own, 1);
    serve(service, own, running, "--medium", "ratis:" + file);
    PrintStream out = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    int exit = Main.commandLine(new Lifetime()).execute("db", "nodes", file.toString());
    System.setOut(out);
    if (exit != 0) {
      throw new CommandFailed("the node does not answer in training");
    }
  }

  private static void serve(Service service, Path directory, List<Running> running, String... place)
      throws IOException {
    String socket = "handoff:" + directory.resolve("1.sock");
    List<String> command = new ArrayList<>(List.of("serve", service.toString()));
    command.addAll(List.of("--listen", socket));
    command.addAll(List.of(place));
    running.add(run(command.toArray(String[]::new)));
    running.add(run("balance", "--listen", "127.0.0.1:0", "--upstream", socket));
    load(running.getLast().address(), service);
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

  private static void load(String address, Service service) throws IOException {
    URI balancer = URI.create("http://" + address);
    for (int i = 0; i < REQUESTS; i++) {
      String request =
          switch (service) {
            case BANK -> bank(i);
            case PEOPLE -> people(i);
          };
      try (Socket connection = new Socket(balancer.getHost(), balancer.getPort())) {
        connection.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        String answer =
            new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!answer.startsWith("HTTP/1.1 20")) {
          throw new CommandFailed("not answered in training: " + request + answer);
        }
      }
    }
  }

  private static String bank(int i) {
    String account = "/clientes/" + (i % 5 + 1);
    return i % 10 == 0
        ? get(account + "/extrato")
        : post(
            account + "/transacoes",
            "{\"valor\": 1, \"tipo\": \"c\", \"descricao\": \"training\"}");
  }

  private static String people(int i) {
    return switch (i % 10) {
      case 0 -> get("/contagem-pessoas");
      case 1 -> get("/pessoas?t=ng-" + i / 2);
      case 2 -> get("/pessoas?t=" + i % 7);
      default ->
          post(
              "/pessoas",
              "{\"apelido\": \"training-%d\", \"nome\": \"Anybody\", \"nascimento\": \"2000-01-31\","
                      .formatted(i)
                  + " \"stack\": [\"Java\", \"none\"]}");
    };
  }

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\n" + LAST_HEADERS;
  }

  private static String post(String path, String json) {
    return "POST "
        + path
        + " HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: "
        + json.length()
        + "\r\n"
        + LAST_HEADERS
        + json;
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
