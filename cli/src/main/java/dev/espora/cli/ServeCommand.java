package dev.espora.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.*;

@Command(name = "serve")
final class ServeCommand implements Callable<Integer> {
  @Parameters List<String> rest = List.of();
  private final Lifetime lifetime;

  ServeCommand(Lifetime lifetime) {
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
