package dev.espora.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gatling.app.Gatling$;
import io.gatling.javaapi.core.Simulation;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Makes the load, and tells the process that started it in lines: {@code answers N} each second,
 * and in the end what {@link Findings#lines} says. Ends when that process does.
 *
 * <p>Arguments: {@code bank} or {@code people}, target, scale, milliseconds of the whole profile,
 * and then Gatling's own, such as where it makes the folder with its report.
 */
final class LoadProcess {
  private final PrintStream lines;
  private final LoadRun run;

  private LoadProcess(PrintStream lines, LoadRun run) {
    this.lines = lines;
    this.run = run;
  }

  static void main(String[] args) {
    PrintStream lines = new PrintStream(System.out, true, UTF_8);
    // Gatling speaks to people there.
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8));
    Thread.ofPlatform().daemon().name("parent-watch").start(LoadProcess::untilParentEnds);
    Plan plan =
        new Plan(args[1], Double.parseDouble(args[2]), Duration.ofMillis(Long.parseLong(args[3])));
    List<String> arguments =
        new ArrayList<>(List.of("--simulation", simulation(args[0]).getName()));
    arguments.addAll(List.of(args).subList(4, args.length));
    new LoadProcess(lines, LoadRun.begin(plan)).run(arguments);
  }

  private static Class<? extends Simulation> simulation(String contest) {
    return switch (contest) {
      case "bank" -> BankSimulation.class;
      case "people" -> PeopleSimulation.class;
      default -> throw new IllegalArgumentException("no contest " + contest);
    };
  }

  private void run(List<String> arguments) {
    try (ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor()) {
      var _ =
          ticks.scheduleAtFixedRate(
              () -> lines.println("answers " + run.findings().answers()), 1, 1, TimeUnit.SECONDS);
      int status = Gatling$.MODULE$.fromArgs(arguments.toArray(String[]::new));
      if (status != 0) {
        throw new IllegalStateException("Gatling ended with " + status);
      }
    }
    run.findings().lines().forEach(lines::println);
    System.exit(0);
  }

  private static void untilParentEnds() {
    try {
      while (System.in.read() >= 0) {
        // Nobody writes here; only the end matters.
      }
    } catch (IOException e) {
      // As good as the end.
    }
    Runtime.getRuntime().halt(1);
  }
}
