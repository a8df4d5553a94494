package dev.espora.db.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.Batch;
import dev.espora.db.Database;
import dev.espora.db.Durability;
import dev.espora.db.Log;
import dev.espora.db.Options;
import dev.espora.testkit.disk.SimulatedDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Holds the constants, the document and bytes written by hand together. */
class FormatTest {
  private static final String DOCUMENT = read();

  record Row(String text) {}

  private static String read() {
    try {
      return Files.readString(Path.of("../docs/format/v1.md"));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void theDocumentNamesTheConstants() {
    assertThat(DOCUMENT)
        .contains("`0x%08x`".formatted(Mark.WORD))
        .contains("zero-filled".replace('z', 'Z') + " to its capacity")
        .contains(Segments.FIRST_BYTES / 1024 + " KiB for the first")
        .contains(Segments.MOST_BYTES / 1024 / 1024 + " MiB (more only")
        .contains("| " + SegmentHeader.BYTES + " | | batches")
        .contains(Control.BYTES + " bytes, mapped by every process");
    assertThat(Mark.BYTES).isEqualTo(36);
    assertThat(Batch.RECORD_OVERHEAD).isEqualTo(8);
    for (FileKind kind : FileKind.values()) {
      assertThat(DOCUMENT).contains("`" + (char) (kind.word() >>> 48 & 0xFF) + "`");
    }
  }

  @Test
  void aRowIsStoredAsTheDocumentSays() throws Exception {
    SimulatedDisk disk = new SimulatedDisk();
    Options options = Options.DEFAULTS.withDurability(Durability.SYNC);
    try (Database db = Database.open(disk.medium(), options)) {
      Log<Row> log = db.log("rows", Row.class);
      log.append(new Row("abc"));
      log.append(new Row("d"));
    }
    byte[] bytes = disk.bytes(Path.of("/data/partitions/rows/0000000000000000.log"));
    assertThat(bytes).hasSize((int) Segments.FIRST_BYTES);
    assertThat(new String(bytes, 0, 7, java.nio.charset.StandardCharsets.US_ASCII))
        .isEqualTo("ESPORAS");
    int first = SegmentHeader.BYTES;
    assertThat(hex(bytes, first, 4)).isEqualTo("20000010");
    assertThat(hex(bytes, first + 4, 4)).isEqualTo(hex(bytes, 60, 4));
    assertThat(hex(bytes, first + 8, 24))
        .isEqualTo("0000000000000000" + "01000000" + "0d000000" + "00000000" + "00000000");
    int record = first + 36;
    assertThat(hex(bytes, record, 9)).isEqualTo("05000020" + "00" + "03" + "616263");
    int second = record + 13;
    assertThat(hex(bytes, second + 4, 4)).isEqualTo(hex(bytes, record + 9, 4));
    assertThat(hex(bytes, second + 8, 8)).isEqualTo("0100000000000000");
    assertThat(hex(bytes, second + 28, 4)).isEqualTo("31000000");
    java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
    crc.update(bytes, record - 4, 13);
    assertThat(hex(bytes, record + 9, 4))
        .isEqualTo(HexFormat.of().toHexDigits(Integer.reverseBytes((int) crc.getValue())));
  }

  private static String hex(byte[] bytes, int offset, int length) {
    return HexFormat.of().formatHex(bytes, offset, offset + length);
  }
}
