package dev.espora.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.*;

@Command(name = "balance")
final class BalanceCommand implements Callable<Integer> {
  @Parameters List<String> rest = List.of();
  private final Lifetime lifetime;

  BalanceCommand(Lifetime lifetime) {
    this.lifetime = lifetime;
  }

  @Override
  public Integer call() throws Exception {
    var s = lifetime.untilStopped();
    ParentWatch.begin(lifetime);
    System.out.println("ready 127.0.0.1:9999");
    s.get();
    return 0;
  }
}
