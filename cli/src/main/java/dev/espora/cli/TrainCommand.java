package dev.espora.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.*;

@Command(name = "train", hidden = true)
final class TrainCommand implements Callable<Integer> {
  @Override
  public Integer call() throws Exception {
    return 0;
  }
}
