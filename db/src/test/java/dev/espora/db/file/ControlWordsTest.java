package dev.espora.db.file;

import dev.espora.db.Lincheck;
import dev.espora.db.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What processes see of the words that they share, each through a mapping of its own. */
class ControlWordsTest {
  private static @Nullable Control one;
  private static @Nullable Control two;

  @TempDir Path temporary;

  @Test
  void positionsAreRaisedAndReadAsIfOneProcessCameAfterAnother() throws IOException {
    Disk disk = Disk.local();
    Path file = temporary.resolve("control");
    Control.create(disk, file, 1, new LogRange(0, 0));
    one = Control.open(disk, file, 1);
    two = Control.open(disk, file, 1);
    Lincheck.options().sequentialSpecification(Model.class).check(Words.class);
  }

  /** Two mappings of one block, which each scenario begins anew. */
  @Param(name = "position", gen = IntGen.class, conf = "1:9")
  public static class Words {
    private final Control here = Objects.requireNonNull(one);
    private final Control there = Objects.requireNonNull(two);

    public Words() {
      here.setDurable(0);
      here.setSnapshot(0);
    }

    @Operation
    public void raiseDurable(@Param(name = "position") int position) {
      here.raiseDurable(position);
    }

    @Operation
    public void raiseDurableElsewhere(@Param(name = "position") int position) {
      there.raiseDurable(position);
    }

    @Operation
    public long durable() {
      return there.durable();
    }

    @Operation
    public void raiseSnapshot(@Param(name = "position") int position) {
      there.raiseSnapshot(position);
    }

    @Operation
    public long snapshot() {
      return here.snapshot();
    }
  }

  /** Two numbers that only grow. */
  public static class Model {
    private long durable;
    private long snapshot;

    public void raiseDurable(int position) {
      durable = Math.max(durable, position);
    }

    public void raiseDurableElsewhere(int position) {
      raiseDurable(position);
    }

    public long durable() {
      return durable;
    }

    public void raiseSnapshot(int position) {
      snapshot = Math.max(snapshot, position);
    }

    public long snapshot() {
      return snapshot;
    }
  }
}
