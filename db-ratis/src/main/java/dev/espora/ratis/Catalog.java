package dev.espora.ratis;

import dev.espora.db.Batch;
import dev.espora.db.Forwarder;
import dev.espora.db.PartitionKind;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of a Raft group: what partitions there are and where their logs end. It decides
 * by entries alone, no clock, no chance, so every node decides the same.
 *
 * <p>Entries are applied by one thread; questions may be asked by any.
 */
final class Catalog {

  /** What becomes of entries on this node. What was done before is done again after a restart. */
  interface Copy {
    void create(String partition, PartitionKind kind, String schema);

    /** The log of the partition ends at the position, or is beyond the batch already. */
    void put(String partition, long position, byte[] records);

    void release(String partition, long before);
  }

  /** The state at one moment, as snapshots keep it. */
  record Image(Map<String, PartitionImage> partitions, Map<String, UUID> lives) {}

  /** Of one partition. */
  record PartitionImage(
      PartitionKind kind,
      List<String> schemas,
      long end,
      Map<String, UUID> latest,
      Map<String, PendingImage> pending,
      Map<String, Forwarder.Answers> answers,
      Optional<Right> upkeep) {}

  /** Parts of a batch that is not complete. */
  record PendingImage(UUID batch, List<byte[]> parts) {}

  /** The right to compact. */
  record Right(UUID holder, String node, long untilMillis) {}

  private static final class Partition {
    private final PartitionKind kind;
    private volatile List<String> schemas;
    private volatile long end;

    /** The last batch of each node that was appended. */
    private final Map<String, UUID> latest = new HashMap<>();

    private final Map<String, Pending> pending = new HashMap<>();

    /** The last group of commands that each node had decided by another one, or tried to. */
    private final Map<String, Forwarder.Answers> answers = new ConcurrentHashMap<>();

    private @Nullable Right upkeep;

    private Partition(PartitionKind kind, List<String> schemas) {
      this.kind = kind;
      this.schemas = schemas;
    }

    /** What is held of a group, if it is. */
    private Optional<Forwarder.Answers> answers(Forwarder.Ticket ticket) {
      return Optional.ofNullable(answers.get(ticket.process())).map(last -> last.about(ticket));
    }

    private List<Forwarder.Answers> answered(List<Forwarder.Answers> groups) {
      return groups.stream().flatMap(each -> answers(each.ticket()).stream()).toList();
    }
  }

  private record Pending(UUID batch, List<byte[]> parts) {}

  private final Copy copy;
  private final Map<String, Partition> partitions = new ConcurrentHashMap<>();
  private final Map<String, UUID> lives = new ConcurrentHashMap<>();

  Catalog(Copy copy) {
    this.copy = copy;
  }

  // --- entries

  Reply apply(Request entry) {
    return switch (entry) {
      case Request.Register register -> register(register);
      case Request.Append append -> append(append);
      case Request.Part part -> part(part);
      case Request.Release release -> release(release);
      case Request.TakeUpkeep take -> takeUpkeep(take);
      case Request.GiveUpkeep give -> giveUpkeep(give);
      case Request.Join join -> join(join);
      default -> new Reply.Refused("a question is no entry");
    };
  }

  private Reply register(Request.Register request) {
    Partition known = partitions.get(request.partition());
    if (known == null) {
      copy.create(request.partition(), request.kind(), request.schema());
      partitions.put(request.partition(), new Partition(request.kind(), List.of(request.schema())));
    } else if (known.kind == request.kind() && !known.schemas.contains(request.schema())) {
      List<String> more = new ArrayList<>(known.schemas);
      more.add(request.schema());
      known.schemas = List.copyOf(more);
    }
    return known(request.partition());
  }

  private Reply append(Request.Append request) {
    Partition partition = partitions.get(request.partition());
    if (partition == null) {
      return unknown(request.partition());
    }
    if (request.batch().equals(partition.latest.get(request.node()))) {
      return new Reply.Done(); // it came before
    }
    List<Forwarder.Answers> answered = partition.answered(request.answers());
    if (!answered.isEmpty()) {
      partition.pending.remove(request.node());
      return new Reply.Answered(answered);
    }
    if (partition.end != request.position()) {
      partition.pending.remove(request.node());
      return new Reply.Overtaken(partition.end);
    }
    byte[] records = records(request, partition.pending.get(request.node()));
    if (records == null) {
      return new Reply.PartsMissing();
    }
    copy.put(request.partition(), request.position(), records);
    partition.pending.remove(request.node());
    partition.latest.put(request.node(), request.batch());
    request
        .answers()
        .forEach(each -> partition.answers.merge(each.ticket().process(), each, Catalog::later));
    partition.end = request.position() + Batch.HEADER_BYTES + records.length;
    return new Reply.Done();
  }

  /** Of two groups of one node, which may be in one batch in whatever order. */
  private static Forwarder.Answers later(Forwarder.Answers one, Forwarder.Answers other) {
    return one.about(other.ticket()) == null ? other : one;
  }

  private static byte @Nullable [] records(Request.Append request, @Nullable Pending pending) {
    if (request.parts() == 0) {
      return request.bytes();
    }
    if (pending == null
        || !pending.batch.equals(request.batch())
        || pending.parts.size() != request.parts()) {
      return null;
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    pending.parts.forEach(all::writeBytes);
    all.writeBytes(request.bytes());
    return all.toByteArray();
  }

  private Reply part(Request.Part request) {
    Partition partition = partitions.get(request.partition());
    if (partition == null) {
      return unknown(request.partition());
    }
    if (request.batch().equals(partition.latest.get(request.node()))) {
      return new Reply.Done();
    }
    Pending known = partition.pending.get(request.node());
    if (known == null || !known.batch.equals(request.batch())) {
      known = new Pending(request.batch(), new ArrayList<>());
      partition.pending.put(request.node(), known);
    }
    if (request.index() == known.parts.size()) {
      known.parts.add(request.bytes());
    }
    return new Reply.Done();
  }

  private Reply release(Request.Release request) {
    if (!partitions.containsKey(request.partition())) {
      return unknown(request.partition());
    }
    copy.release(request.partition(), request.before());
    return new Reply.Done();
  }

  private Reply takeUpkeep(Request.TakeUpkeep request) {
    Partition partition = partitions.get(request.partition());
    if (partition == null) {
      return unknown(request.partition());
    }
    Right right = partition.upkeep;
    if (right != null
        && !right.holder.equals(request.holder())
        && right.untilMillis > request.nowMillis()) {
      return new Reply.Refused("node " + right.node + " compacts " + request.partition());
    }
    partition.upkeep = new Right(request.holder(), request.node(), request.untilMillis());
    return new Reply.Done();
  }

  private Reply giveUpkeep(Request.GiveUpkeep request) {
    Partition partition = partitions.get(request.partition());
    if (partition != null
        && partition.upkeep != null
        && partition.upkeep.holder.equals(request.holder())) {
      partition.upkeep = null;
    }
    return new Reply.Done();
  }

  private Reply join(Request.Join request) {
    UUID known = lives.putIfAbsent(request.node(), request.life());
    return known == null || known.equals(request.life())
        ? new Reply.Done()
        : new Reply.Refused(
            "a node named " + request.node() + " has data elsewhere, which this one does not have");
  }

  private static Reply unknown(String partition) {
    return new Reply.Refused("there is no partition " + partition);
  }

  // --- questions

  Reply known(String name) {
    Partition partition = partitions.get(name);
    return new Reply.Known(
        partition == null
            ? Optional.empty()
            : Optional.of(new Reply.Stored(partition.kind, partition.schemas)));
  }

  /** Where the log of a partition ends; -1 if there is none. */
  long end(String name) {
    Partition partition = partitions.get(name);
    return partition == null ? -1 : partition.end;
  }

  /** What a partition holds of a group of commands; null if it does not hold it. */
  Forwarder.@Nullable Answers answers(String name, Forwarder.Ticket ticket) {
    Partition partition = partitions.get(name);
    return partition == null ? null : partition.answers(ticket).orElse(null);
  }

  /** Where the logs of all partitions end. */
  Map<String, Long> ends() {
    Map<String, Long> ends = new HashMap<>();
    partitions.forEach((name, each) -> ends.put(name, each.end));
    return ends;
  }

  /** Who has ever joined. */
  Map<String, UUID> lives() {
    return Map.copyOf(lives);
  }

  // --- snapshots; between two entries

  Image image() {
    Map<String, PartitionImage> images = new HashMap<>();
    partitions.forEach((name, each) -> images.put(name, image(each)));
    return new Image(images, Map.copyOf(lives));
  }

  private static PartitionImage image(Partition partition) {
    Map<String, PendingImage> pending = new HashMap<>();
    partition.pending.forEach(
        (node, each) -> pending.put(node, new PendingImage(each.batch, List.copyOf(each.parts))));
    return new PartitionImage(
        partition.kind,
        partition.schemas,
        partition.end,
        Map.copyOf(partition.latest),
        pending,
        Map.copyOf(partition.answers),
        Optional.ofNullable(partition.upkeep));
  }

  /** Becomes what an image shows. */
  void load(Image image) {
    partitions.clear();
    lives.clear();
    lives.putAll(image.lives());
    image
        .partitions()
        .forEach((name, each) -> {
          Partition partition = new Partition(each.kind(), each.schemas());
          partition.end = each.end();
          partition.latest.putAll(each.latest());
          each.pending()
              .forEach((node, pending) ->
                  partition.pending.put(
                      node, new Pending(pending.batch(), new ArrayList<>(pending.parts()))));
          partition.answers.putAll(each.answers());
          partition.upkeep = each.upkeep().orElse(null);
          partitions.put(name, partition);
        });
  }
}
