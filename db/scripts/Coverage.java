import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Prints how much of db the tests of db, testkit and examples cover, and where branches and lines
 * are left.
 *
 * <pre>
 * mvn -Pcoverage verify -pl db,testkit,examples -DskipITs &amp;&amp; java db/scripts/Coverage.java
 * </pre>
 */
final class Coverage {
  private static final String REPORT = "examples/target/site/jacoco-aggregate/jacoco.xml";

  private static final Pattern PACKAGE =
      Pattern.compile("<package name=\"([^\"]+)\">(.*?)</package>", Pattern.DOTALL);
  private static final Pattern FILE =
      Pattern.compile("<sourcefile name=\"([^\"]+)\">(.*?)</sourcefile>", Pattern.DOTALL);
  private static final Pattern LINE =
      Pattern.compile(
          "<line nr=\"(\\d+)\" mi=\"(\\d+)\" ci=\"(\\d+)\" mb=\"(\\d+)\" cb=\"(\\d+)\"/>");
  private static final Pattern COUNTER =
      Pattern.compile("<counter type=\"(LINE|BRANCH)\" missed=\"(\\d+)\" covered=\"(\\d+)\"/>");

  public static void main(String[] arguments) throws Exception {
    String xml = Files.readString(Path.of(arguments.length == 0 ? REPORT : arguments[0]));
    Matcher packages = PACKAGE.matcher(xml);
    while (packages.find()) {
      Matcher files = FILE.matcher(packages.group(2));
      while (files.find()) {
        print(packages.group(1).replace("dev/espora/", "") + "/" + files.group(1), files.group(2));
      }
    }
    // The counters of the whole report come last.
    Matcher counters = COUNTER.matcher(xml.substring(xml.lastIndexOf("</package>")));
    while (counters.find()) {
      double missed = Double.parseDouble(counters.group(2));
      double covered = Double.parseDouble(counters.group(3));
      System.out.printf(
          "%s %.1f %% (%.0f of %.0f)%n",
          counters.group(1), 100 * covered / (missed + covered), covered, missed + covered);
    }
  }

  private static void print(String file, String coverage) {
    List<String> branches = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    Matcher matcher = LINE.matcher(coverage);
    while (matcher.find()) {
      int missed = Integer.parseInt(matcher.group(4));
      if (missed > 0) {
        branches.add(matcher.group(1) + (missed > 1 ? "×" + missed : ""));
      } else if (matcher.group(3).equals("0")) {
        lines.add(matcher.group(1));
      }
    }
    if (!branches.isEmpty()) {
      System.out.println(file + ": branches " + String.join(" ", branches));
    }
    if (!lines.isEmpty()) {
      System.out.println(file + ": lines " + String.join(" ", lines));
    }
  }
}
