package dev.espora.cli;

import dev.espora.db.codec.Schema;
import dev.espora.db.tools.Copy;
import dev.espora.db.tools.DatabaseStat;
import dev.espora.db.tools.NodeStat;
import dev.espora.db.tools.PartitionStat;
import dev.espora.db.tools.Salvage;
import dev.espora.db.tools.StoredRecord;
import dev.espora.db.tools.Verification;
import dev.espora.http.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/** What {@code espora db} prints for programs. */
final class DbJson {
  private DbJson() {}

  static String of(DatabaseStat stat) {
    return document(out -> {
      out.writeStringProperty("directory", stat.directory().toString());
      out.writeNumberProperty("format", stat.format());
      out.writeStringProperty("condition", word(stat.condition()));
      out.writeStringProperty("durability", stat.durability().toString());
      number(out, "poisonedBy", stat.poisonedBy());
      array(out, "partitions", stat.partitions(), each -> partition(out, each));
    });
  }

  private static void partition(JsonGenerator out, PartitionStat partition) {
    out.writeStringProperty("name", partition.name());
    out.writeStringProperty("kind", word(partition.kind()));
    out.writeStringProperty("condition", word(partition.condition()));
    out.writeArrayPropertyStart("schemas");
    for (Schema schema : partition.schemas()) {
      out.writeString(schema.toString());
    }
    out.writeEndArray();
    out.writeNumberProperty("schema", partition.schema());
    out.writeNumberProperty("first", partition.first());
    out.writeNumberProperty("end", partition.end());
    out.writeNumberProperty("durable", partition.durable());
    out.writeNumberProperty("events", partition.events());
    out.writeNumberProperty("segments", partition.segments());
    out.writeNumberProperty("segmentBytes", partition.segmentBytes());
    if (partition.snapshot().isPresent()) {
      out.writeObjectPropertyStart("snapshot");
      out.writeNumberProperty("position", partition.snapshot().get().position());
      out.writeNumberProperty("bytes", partition.snapshot().get().bytes());
      out.writeEndObject();
    } else {
      out.writeNullProperty("snapshot");
    }
    out.writeNumberProperty("diskBytes", partition.diskBytes());
    number(out, "openers", partition.openers());
    number(out, "holder", partition.holder());
  }

  static String of(List<NodeStat> nodes) {
    return document(out ->
        array(
            out,
            "nodes",
            nodes,
            node -> {
              out.writeStringProperty("name", node.name());
              out.writeStringProperty("address", node.address());
              out.writeBooleanProperty("answers", node.answers());
              array(out, "groups", node.groups(), each -> group(out, each));
            }));
  }

  private static void group(JsonGenerator out, NodeStat.Group group) {
    out.writeNumberProperty("group", group.number());
    out.writeStringProperty("role", group.role());
    out.writeNumberProperty("term", group.term());
    out.writeStringProperty("leader", group.leader());
    out.writeNumberProperty("begin", group.begin());
    out.writeNumberProperty("durable", group.durable());
    out.writeNumberProperty("committed", group.committed());
    out.writeNumberProperty("applied", group.applied());
    out.writeNumberProperty("behind", group.behind());
    out.writeObjectPropertyStart("partitions");
    new TreeMap<>(group.partitions()).forEach(out::writeNumberProperty);
    out.writeEndObject();
  }

  static String of(Verification verification) {
    return document(out -> {
      out.writeBooleanProperty("sound", verification.isSound());
      array(out, "partitions", verification.partitions(), each -> verified(out, each));
      array(
          out,
          "damages",
          verification.damages(),
          each -> {
            out.writeStringProperty("file", each.file().toString());
            out.writeNumberProperty("offset", each.offset());
            out.writeStringProperty("problem", each.problem());
          });
      array(
          out,
          "notices",
          verification.notices(),
          each -> {
            out.writeStringProperty("file", each.file().toString());
            out.writeStringProperty("text", each.text());
          });
    });
  }

  private static void verified(JsonGenerator out, Verification.Verified partition) {
    out.writeStringProperty("name", partition.name());
    out.writeNumberProperty("first", partition.first());
    out.writeNumberProperty("end", partition.end());
    out.writeNumberProperty("batches", partition.batches());
    out.writeNumberProperty("records", partition.records());
  }

  static String of(Copy copy) {
    return document(out -> {
      out.writeStringProperty("output", copy.output().toString());
      out.writeNumberProperty("bytes", copy.bytes());
      array(out, "partitions", copy.partitions(), each -> verified(out, each));
    });
  }

  static String of(Salvage salvage) {
    return document(out -> {
      out.writeStringProperty("output", salvage.output().toString());
      array(
          out,
          "partitions",
          salvage.partitions(),
          each -> {
            out.writeStringProperty("name", each.name());
            out.writeStringProperty("kind", word(each.kind()));
            out.writeNumberProperty("batches", each.batches());
            out.writeNumberProperty("records", each.records());
            number(out, "snapshot", each.snapshot());
          });
      array(
          out,
          "dropped",
          salvage.dropped(),
          each -> {
            out.writeStringProperty("file", each.file().toString());
            out.writeNumberProperty("from", each.from());
            out.writeNumberProperty("to", each.to());
            out.writeStringProperty("reason", each.reason());
          });
    });
  }

  /** Bytes of log that compacting freed, where there was anything to compact. */
  static String of(Map<PartitionStat, OptionalLong> freed) {
    return document(out ->
        array(
            out,
            "partitions",
            List.copyOf(freed.entrySet()),
            each -> {
              out.writeStringProperty("name", each.getKey().name());
              out.writeStringProperty("kind", word(each.getKey().kind()));
              number(out, "freedBytes", each.getValue());
            }));
  }

  /** A record as one line; the schema of its value if that is wanted. */
  static byte[] of(StoredRecord record, Optional<Schema> schema) {
    return Json.write(out -> {
      out.writeStartObject();
      out.writeStringProperty("partition", record.partition());
      out.writeNumberProperty("position", record.position());
      out.writeNumberProperty("sequence", record.sequence());
      schema.ifPresent(each -> out.writeStringProperty("schema", each.toString()));
      out.writeName("value");
      value(out, record.value());
      out.writeEndObject();
    });
  }

  private static void value(JsonGenerator out, Object value) {
    switch (value) {
      case Map<?, ?> fields -> {
        out.writeStartObject();
        fields.forEach((name, field) -> {
          out.writeName(String.valueOf(name));
          value(out, field);
        });
        out.writeEndObject();
      }
      case List<?> elements -> {
        out.writeStartArray();
        elements.forEach(element -> value(out, element));
        out.writeEndArray();
      }
      case Optional<?> maybe when maybe.isPresent() -> value(out, maybe.get());
      case Optional<?> _ -> out.writeNull();
      case byte[] bytes -> out.writeString(Base64.getEncoder().encodeToString(bytes));
      case Boolean truth -> out.writeBoolean(truth);
      case Float number when Float.isFinite(number) -> out.writeNumber(number);
      case Double number when Double.isFinite(number) -> out.writeNumber(number);
      case Long number -> out.writeNumber(number);
      case Integer number -> out.writeNumber(number);
      case Short number -> out.writeNumber(number);
      case Byte number -> out.writeNumber(number.intValue());
      default -> out.writeString(wellFormed(value.toString())); // text, times, UUIDs, infinity
    }
  }

  /** Half a surrogate pair cannot be written as UTF-8. */
  private static String wellFormed(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  private static <T> void array(
      JsonGenerator out, String name, List<T> elements, Consumer<T> content) {
    out.writeArrayPropertyStart(name);
    for (T element : elements) {
      out.writeStartObject();
      content.accept(element);
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static void number(JsonGenerator out, String name, OptionalLong number) {
    if (number.isPresent()) {
      out.writeNumberProperty(name, number.getAsLong());
    } else {
      out.writeNullProperty(name);
    }
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static String document(Consumer<JsonGenerator> content) {
    byte[] bytes =
        Json.write(out -> {
          out.writeStartObject();
          content.accept(out);
          out.writeEndObject();
        });
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
