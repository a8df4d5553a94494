package dev.espora.db.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.Batch;
import dev.espora.db.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Only what was written behind a point of this log, whole, is its continuation. */
class BatchReaderTest {
  private static final long LOG = 42;

  @TempDir Path directory;

  private static Batch batch(int records) {
    Batch batch = new Batch();
    for (int i = 0; i < records; i++) {
      batch.beginEvent(0).writeLong(i);
      batch.endEvent();
    }
    return batch;
  }

  private Segment segment(Segments segments) throws IOException {
    long none = SegmentHeader.NONE;
    return segments.adopt(
        segments.prepare(Segments.FIRST_BYTES),
        new SegmentHeader(LOG, 0, 0, none, Segments.FIRST_BYTES, 0, 0));
  }

  private static LogPoint write(Segment segment, Batch batch, LogPoint at) throws IOException {
    LogPoint next = Mark.seal(batch, at, LOG, 0);
    segment.file().write(batch.array(), 0, batch.size(), segment.offset(at.position()));
    return next;
  }

  @Test
  void aBatchThatIsChainedToOtherBytesIsNoContinuation() throws Exception {
    try (Segments segments = new Segments(Disk.local(), directory, LOG)) {
      Segment segment = segment(segments);
      LogPoint at = write(segment, batch(2), segment.header().start());
      // As an earlier life of these places: a batch of the same length with other bytes before it.
      LogPoint other = new LogPoint(at.position(), at.sequence(), at.chain() + 1, at.backward());
      write(segment, batch(1), other);
      BatchReader reader = new BatchReader(LOG, 1 << 16);
      assertThat(reader.readAt(segment, segment.header().start(), segment.end()))
          .isEqualTo(BatchReader.Found.BATCH);
      assertThat(reader.readAt(segment, at, segment.end())).isEqualTo(BatchReader.Found.DAMAGE);
      assertThat(reader.problem()).contains("does not follow");
      write(segment, batch(1), at);
      assertThat(new BatchReader(LOG, 1 << 16).readAt(segment, at, segment.end()))
          .isEqualTo(BatchReader.Found.BATCH);
    }
  }

  @Test
  void aBatchOfWhichAnyByteIsWrongIsNone() throws Exception {
    try (Segments segments = new Segments(Disk.local(), directory, LOG)) {
      Segment segment = segment(segments);
      Batch batch = batch(3);
      LogPoint start = segment.header().start();
      write(segment, batch, start);
      byte[] good = batch.array().clone();
      for (int i = 0; i < batch.size(); i++) {
        byte[] bad = good.clone();
        bad[i] ^= 1;
        segment.file().write(bad, 0, batch.size(), segment.offset(start.position()));
        assertThat(new BatchReader(LOG, 1 << 16).readAt(segment, start, segment.end()))
            .as("byte %s", i)
            .isEqualTo(BatchReader.Found.DAMAGE);
      }
    }
  }
}
