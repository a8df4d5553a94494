import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Prints how much of db the tests cover, and where branches are left.
 *
 * <pre>
 * mvn -Pcoverage verify -pl db,testkit,examples -am -DskipITs
 * mvn -Pcoverage -pl db org.jacoco:jacoco-maven-plugin:report
 * java db/scripts/Coverage.java db/target/site/jacoco/jacoco.xml
 * </pre>
 */
final class Coverage {
  private static final Pattern FILE =
      Pattern.compile("<sourcefile name=\"([^\"]+)\">(.*?)</sourcefile>", Pattern.DOTALL);
  private static final Pattern LINE =
      Pattern.compile("<line nr=\"(\\d+)\" mi=\"\\d+\" ci=\"\\d+\" mb=\"(\\d+)\" cb=\"(\\d+)\"/>");
  private static final Pattern COUNTER =
      Pattern.compile("<counter type=\"(LINE|BRANCH)\" missed=\"(\\d+)\" covered=\"(\\d+)\"/>");

  public static void main(String[] arguments) throws Exception {
    String xml = Files.readString(Path.of(arguments[0]));
    Matcher files = FILE.matcher(xml);
    while (files.find()) {
      List<String> missed = new ArrayList<>();
      Matcher lines = LINE.matcher(files.group(2));
      while (lines.find()) {
        int some = Integer.parseInt(lines.group(2));
        if (some > 0) {
          missed.add(lines.group(1) + (some > 1 ? "×" + some : ""));
        }
      }
      if (!missed.isEmpty()) {
        System.out.println(files.group(1) + ": " + String.join(" ", missed));
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
}
