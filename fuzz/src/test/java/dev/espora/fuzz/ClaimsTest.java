package dev.espora.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.DatabaseException;
import dev.espora.db.file.Forger;
import dev.espora.fuzz.StoredDatabases.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Lengths are checked before memory is taken: whatever a file claims, a small heap is enough. */
class ClaimsTest {

  /**
   * A length that a file states.
   *
   * @param suffix of the file's name
   * @param offset of the four bytes, from the end if negative
   */
  private record Claim(Kind kind, String suffix, int offset) {}

  private static final List<Claim> CLAIMS =
      List.of(
          new Claim(Kind.LOG, ".log", 64 + 20), // body of the first batch
          new Claim(Kind.LOG, ".log", 64 + 16), // its records
          new Claim(Kind.LOG, ".log", 64 + 36), // the first record
          new Claim(Kind.LOG, ".log", 40), // capacity
          new Claim(Kind.LOG, ".log", 44),
          new Claim(Kind.MACHINE, ".snapshot", 40), // schema
          new Claim(Kind.MACHINE, ".snapshot", -8), // parts
          new Claim(Kind.MACHINE, ".snapshot", -16), // the last part
          new Claim(Kind.STORE, ".snapshot", -16),
          new Claim(Kind.STORE, ".snapshot", 60), // entries of a leaf
          new Claim(Kind.STORE, "partition", 20)); // schemas

  private static final List<Integer> LENGTHS =
      List.of(Integer.MAX_VALUE, Integer.MAX_VALUE - 64, 1 << 30, 0x2FFF_FFFF, -1);

  /** Makes each claim in turn and prints what came of it. */
  static final class Claimant {
    private Claimant() {}

    public static void main(String[] arguments) {
      for (Claim claim : CLAIMS) {
        MapDisk written = StoredDatabases.written(claim.kind());
        for (int length : LENGTHS) {
          IO.println(claim + " " + length + " → " + outcome(written.copy(), claim, length));
        }
      }
    }

    private static String outcome(MapDisk disk, Claim claim, int length) {
      Path file =
          disk.files().stream()
              .filter(path -> path.toString().endsWith(claim.suffix()))
              .findFirst()
              .orElseThrow();
      byte[] bytes = disk.bytes(file);
      int offset = claim.offset() < 0 ? bytes.length + claim.offset() : claim.offset();
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(offset, length);
      Forger.forge(String.valueOf(file.getFileName()), bytes);
      disk.replace(file, bytes);
      try {
        int _ = StoredDatabases.read(disk, claim.kind()).size();
        return "read";
      } catch (DatabaseException e) {
        return "refused";
      } catch (RuntimeException | Error e) {
        return e.toString();
      }
    }
  }

  @Test
  void aHeapOfSixtyFourMebibytesIsEnoughWhateverAFileClaims() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(
                java,
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Claimant.class.getName())
            .redirectErrorStream(true)
            .start();
    List<String> outcomes =
        new ArrayList<>(
            new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains("→"))
                .toList());
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(outcomes).hasSize(CLAIMS.size() * LENGTHS.size());
    outcomes.removeIf(line -> line.endsWith("→ refused") || line.endsWith("→ read"));
    assertThat(outcomes).isEmpty();
  }
}
