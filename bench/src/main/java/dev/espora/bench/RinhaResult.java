package dev.espora.bench;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What {@link RinhaBench} found. Figures of an implementation that it did not start are NaN.
 *
 * @param limits a sentence about them
 * @param memory what counts as memory
 * @param throttledSeconds waited for processor time beyond the limit; NaN without one
 */
record RinhaResult(
    LoadReport load,
    String limits,
    double peakMegabytes,
    String memory,
    double cpuSeconds,
    double throttledSeconds) {

  static RinhaResult ofTarget(LoadReport load, String url) {
    return new RinhaResult(
        load, "none known, " + url + " was there", Double.NaN, "", Double.NaN, Double.NaN);
  }

  void print(RinhaSettings settings, PrintStream out) {
    if (settings.output() == Settings.Output.JSON) {
      out.println(json(settings));
      return;
    }
    load.table().print(out);
    out.printf(
        "- %,d requests, %,d failed (%,d without an answer), %,d inconsistent%n",
        load.requests(), load.failed(), load.unanswered(), load.violations());
    load.examples().forEach(example -> out.println("- " + example));
    out.println("- limits: " + limits);
    if (!Double.isNaN(cpuSeconds)) {
      out.printf("- peak memory %.0f MB (%s), CPU %.1f s", peakMegabytes, memory, cpuSeconds);
      out.println(
          Double.isNaN(throttledSeconds)
              ? ""
              : ", waited %.1f s for CPU beyond the limit".formatted(throttledSeconds));
    }
    out.printf(
        "- %s times the contest's rates, %.0f s of load; %s%n",
        settings.scale(), settings.length().toMillis() / 1e3, Machine.summary());
  }

  private String json(RinhaSettings settings) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("benchmark", "rinha " + settings.contest());
    values.put("scale", settings.scale());
    values.put("seconds", settings.length().toMillis() / 1e3);
    values.put("requests", load.requests());
    values.put("failed", load.failed());
    values.put("unanswered", load.unanswered());
    values.put("inconsistent", load.violations());
    values.put("limits", limits);
    values.put("peak_memory_mb", peakMegabytes);
    values.put("memory", memory);
    values.put("cpu_seconds", cpuSeconds);
    values.put("throttled_seconds", throttledSeconds);
    values.put("machine", Machine.summary());
    String head =
        values.entrySet().stream()
            .map(each -> Json.quote(each.getKey()) + ": " + Json.value(each.getValue()))
            .collect(Collectors.joining(", "));
    return "{%s,\n\"examples\": %s,\n\"rows\": %s}"
        .formatted(head, load.examples().stream().map(Json::quote).toList(), load.table().json());
  }
}
