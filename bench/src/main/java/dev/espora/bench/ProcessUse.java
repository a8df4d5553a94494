package dev.espora.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/** What processes take of the machine, as Linux has it. */
final class ProcessUse {
  private static final String RESIDENT = "VmRSS:";
  private static final String RESIDENT_PEAK = "VmHWM:";

  private ProcessUse() {}

  /** Processor time of those that run. */
  static double cpuSeconds(Stream<ProcessHandle> processes) {
    return processes
            .map(each -> each.info().totalCpuDuration())
            .flatMap(Optional::stream)
            .mapToLong(Duration::toMillis)
            .sum()
        / 1e3;
  }

  /** What one has in memory now, shared pages included. */
  static double residentMegabytes(ProcessHandle process) {
    return kilobytes(process, RESIDENT) / 1024.0;
  }

  /** What one had in memory at most. */
  static double peakMegabytes(ProcessHandle process) {
    return kilobytes(process, RESIDENT_PEAK) / 1024.0;
  }

  private static long kilobytes(ProcessHandle process, String name) {
    Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith(name))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
          .sum();
    } catch (IOException e) {
      // It has just ended, or this is no Linux.
      return 0;
    }
  }
}
