package dev.espora.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@link RinhaBench} loads, and how much. Immutable.
 *
 * @param scale how many times the contest's rates, from 0.01 to 100
 * @param length of the whole load, at least four seconds; its phases keep their proportions
 * @param limits whether the implementation runs inside the contest's limits
 * @param target URL of an implementation that runs already; one of its own is started otherwise
 * @param directory where files are made, in a folder of their own that is removed again
 * @param report folder in which Gatling's report is kept, in one of its own
 * @param output what is printed
 * @param program how the program is installed
 */
public record RinhaSettings(
    Contest contest,
    double scale,
    Duration length,
    Limits limits,
    Optional<String> target,
    Path directory,
    Optional<Path> report,
    Settings.Output output,
    Program program) {

  /** What the implementation may take of the machine. */
  public enum Limits {
    /** Processor time and memory as in the contest, where this machine allows to set that. */
    CONTEST,
    NONE
  }

  /**
   * The packaged program.
   *
   * @param command of the program, to which arguments are added
   * @param environment that its processes need beside ours
   * @param loadJars the folder with all that makes load
   * @param limit the script that runs a command inside of limits
   */
  public record Program(
      List<String> command, Map<String, String> environment, Path loadJars, Path limit) {

    public Program {
      command = List.copyOf(command);
      environment = Map.copyOf(environment);
    }
  }

  public RinhaSettings {
    if (!(scale >= 0.01 && scale <= 100)) {
      throw new IllegalArgumentException("scale " + scale + " is not from 0.01 to 100");
    }
    if (length.compareTo(Duration.ofSeconds(4)) < 0 || length.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException("the length is not from 4 seconds to a day");
    }
    target.ifPresent(RinhaSettings::checkUrl);
    target = target.map(url -> url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
  }

  private static void checkUrl(String url) {
    if (!url.matches("https?://[^/?#\\s]+/?")) {
      throw new IllegalArgumentException("'" + url + "' is no URL such as http://127.0.0.1:9999");
    }
  }
}
