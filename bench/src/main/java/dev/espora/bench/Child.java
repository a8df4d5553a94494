package dev.espora.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * What runs in a {@link ChildJvm}: one piece of a benchmark that needs a process of its own. It
 * answers on standard output, one line at a time.
 */
final class Child {
  private Child() {}

  static void main(String[] args) throws IOException {
    List<String> arguments = List.of(args);
    List<String> rest = arguments.subList(1, arguments.size());
    Parent parent =
        new Parent(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
    switch (arguments.getFirst()) {
      case LedgerWorker.NAME -> LedgerWorker.parse(rest).run(parent);
      case NodeWork.NAME -> NodeWork.parse(rest).run(parent);
      case PeerWork.NAME -> PeerWork.parse(rest).run(parent);
      case ReopenBench.FILL -> ReopenBench.fill(rest, parent);
      case ReopenBench.REOPEN -> ReopenBench.reopen(rest, parent);
      case SearchWork.NAME -> SearchWork.parse(rest).run(parent);
      case StrategyWork.NAME -> StrategyWork.parse(rest).run(parent);
      case StressBench.OPEN -> StressBench.open(rest, parent);
      case StressBench.OVERWRITE -> StressBench.overwrite(rest, parent);
      case SyncCheck.APPEND -> SyncCheck.append(rest, parent);
      default -> throw new IllegalArgumentException("unknown work " + arguments);
    }
  }

  /** The process that started this one. */
  record Parent(BufferedReader lines) {

    void send(String line) {
      System.out.println(line);
      System.out.flush();
    }

    /** Waits for a line; empty if the parent has no more, or ended. */
    Optional<String> receive() throws IOException {
      return Optional.ofNullable(lines.readLine());
    }

    /** Waits for a line, or for the parent's end. */
    void await() throws IOException {
      var _ = lines.readLine();
    }
  }
}
