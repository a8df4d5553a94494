package dev.espora.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.Forwarder;
import dev.espora.db.PartitionKind;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A batch takes effect in its one place or never, however often and late it comes. */
class CatalogTest {
  private static final byte[] RECORDS = new byte[100];
  private static final long SIZE = 136;

  private final List<String> puts = new ArrayList<>();
  private final Catalog catalog = new Catalog(copy(puts));

  private static Catalog.Copy copy(List<String> puts) {
    return new Catalog.Copy() {
      @Override
      public void create(String partition, PartitionKind kind, String schema) {}

      @Override
      public void put(String partition, long position, byte[] records) {
        puts.add(position + "+" + records.length);
      }

      @Override
      public void release(String partition, long before) {}
    };
  }

  private static Request append(String node, long position, UUID batch) {
    return new Request.Append("p", position, node, batch, 0, RECORDS, List.of());
  }

  /** A batch that holds commands of another node. */
  private static Request append(String node, long position, Forwarder.Answers... groups) {
    return new Request.Append("p", position, node, UUID.randomUUID(), 0, RECORDS, List.of(groups));
  }

  private static Forwarder.Answers group(String node, long incarnation, long number) {
    return new Forwarder.Answers(
        new Forwarder.Ticket(node, incarnation, number),
        List.of(new Forwarder.Verdict.Result(new byte[] {(byte) number})));
  }

  @BeforeEach
  void register() {
    catalog.apply(new Request.Register("p", PartitionKind.LOG, "string"));
  }

  @Test
  void aBatchThatComesAgainIsAppendedOnce() {
    UUID batch = UUID.randomUUID();
    for (int i = 0; i < 3; i++) {
      assertThat(catalog.apply(append("n1", 0, batch))).isEqualTo(new Reply.Done());
    }
    assertThat(catalog.apply(append("n2", SIZE, UUID.randomUUID()))).isEqualTo(new Reply.Done());
    assertThat(catalog.apply(append("n1", 0, batch)))
        .as("also after others have appended")
        .isEqualTo(new Reply.Done());
    assertThat(puts).containsExactly("0+100", "136+100");
    assertThat(catalog.end("p")).isEqualTo(2 * SIZE);
  }

  @Test
  void whoComesSecondIsToldAndNeverTakesEffect() {
    UUID late = UUID.randomUUID();
    catalog.apply(append("n1", 0, UUID.randomUUID()));
    for (int i = 0; i < 2; i++) {
      assertThat(catalog.apply(append("n2", 0, late))).isEqualTo(new Reply.Overtaken(SIZE));
    }
    assertThat(puts).containsExactly("0+100");
  }

  @Test
  void whatCameOnceIsKnownAfterASnapshotToo() {
    UUID batch = UUID.randomUUID();
    catalog.apply(append("n1", 0, batch));
    Catalog restarted = new Catalog(copy(puts));
    restarted.load(Wire.IMAGE.value(Wire.IMAGE.bytes(catalog.image())));
    assertThat(restarted.apply(append("n1", 0, batch))).isEqualTo(new Reply.Done());
    assertThat(restarted.end("p")).isEqualTo(SIZE);
    assertThat(puts).containsExactly("0+100");
  }

  @Test
  void aLargeBatchComesInPartsAndTakesEffectAsAWhole() {
    UUID batch = UUID.randomUUID();
    Request part = new Request.Part("p", "n1", batch, 0, RECORDS);
    Request rest = new Request.Append("p", 0, "n1", batch, 1, RECORDS, List.of());
    assertThat(catalog.apply(rest)).isEqualTo(new Reply.PartsMissing());
    assertThat(catalog.apply(part)).isEqualTo(new Reply.Done());
    assertThat(catalog.apply(part)).isEqualTo(new Reply.Done());
    assertThat(puts).isEmpty();
    assertThat(catalog.apply(rest)).isEqualTo(new Reply.Done());
    assertThat(puts).containsExactly("0+200");
  }

  @Test
  void aGroupOfCommandsTakesEffectOnceWhicheverNodeHasDecidedIt() {
    Forwarder.Answers group = group("n3", 7, 1);
    assertThat(catalog.apply(append("n1", 0, group))).isEqualTo(new Reply.Done());
    assertThat(catalog.apply(append("n2", SIZE, group, group("n1", 5, 1))))
        .as("decided again by who leads since")
        .isEqualTo(new Reply.Answered(List.of(group)));
    assertThat(catalog.answers("p", group.ticket())).isEqualTo(group);
    assertThat(puts).containsExactly("0+100");
    assertThat(catalog.apply(append("n2", SIZE, group("n1", 5, 1)))).isEqualTo(new Reply.Done());
  }

  @Test
  void aGroupThatWasGivenUpDoesNotComeBehindLaterOnes() {
    Forwarder.Answers later = group("n3", 7, 2);
    assertThat(catalog.apply(append("n1", 0, later))).isEqualTo(new Reply.Done());
    for (Forwarder.Answers old : List.of(group("n3", 7, 1), group("n3", 6, 9))) {
      assertThat(catalog.apply(append("n1", SIZE, old)))
          .isEqualTo(new Reply.Answered(List.of(new Forwarder.Answers(old.ticket(), List.of()))));
    }
    assertThat(catalog.answers("p", later.ticket())).as("not forgotten for them").isEqualTo(later);
    assertThat(catalog.answers("p", group("n3", 7, 3).ticket())).isNull();
    assertThat(catalog.answers("p", group("n3", 8, 1).ticket())).isNull();
    assertThat(catalog.apply(append("n1", SIZE, group("n3", 8, 1)))).isEqualTo(new Reply.Done());
  }

  @Test
  void theLastGroupOfANodeIsTheLatestOneInWhateverOrderABatchHasThem() {
    Forwarder.Answers later = group("n3", 7, 2);
    assertThat(catalog.apply(append("n1", 0, later, group("n3", 7, 1))))
        .isEqualTo(new Reply.Done());
    assertThat(catalog.apply(append("n2", SIZE, later)))
        .isEqualTo(new Reply.Answered(List.of(later)));
  }

  @Test
  void groupsAreInSnapshots() {
    Forwarder.Answers group = group("n3", 7, 1);
    var _ = catalog.apply(append("n1", 0, group));
    Catalog restarted = new Catalog(copy(puts));
    restarted.load(Wire.IMAGE.value(Wire.IMAGE.bytes(catalog.image())));
    Reply again = restarted.apply(append("n2", SIZE, group));
    assertThat(Wire.REPLY.bytes(again))
        .isEqualTo(Wire.REPLY.bytes(new Reply.Answered(List.of(group))));
  }
}
