package dev.espora.db.codec;

import java.util.ArrayList;
import java.util.List;

/**
 * The record and union levels around the place one is at in a schema: what {@link Schema.Enclosing}
 * counts.
 */
final class SchemaPath {
  private List<Schema> levels = new ArrayList<>();

  /** A place to come back to. */
  record Mark(List<Schema> levels) {}

  void enter(Schema level) {
    levels.add(level);
  }

  void leave() {
    levels.removeLast();
  }

  Mark mark() {
    return new Mark(List.copyOf(levels));
  }

  /** Goes up to the level meant, which is entered again by whoever reads it, and returns it. */
  Schema leaveTo(Schema.Enclosing enclosing) {
    int index = levels.size() - enclosing.levels();
    if (enclosing.levels() < 1 || index < 0) {
      throw new MalformedException("a schema refers to a level outside of it: " + enclosing);
    }
    Schema target = levels.get(index);
    levels = new ArrayList<>(levels.subList(0, index));
    return target;
  }

  void returnTo(Mark mark) {
    levels = new ArrayList<>(mark.levels());
  }
}
