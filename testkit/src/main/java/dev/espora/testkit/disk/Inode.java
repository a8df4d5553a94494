package dev.espora.testkit.disk;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What a name leads to. The disk that it belongs to guards it. */
sealed interface Inode {

  /** Tells it from any other of its disk, also from those that are gone. */
  long identity();

  /** A file, and the locks on it. */
  final class Regular implements Inode {
    private final long identity;
    private final FileBytes bytes;
    @Nullable SimulatedLock alone;
    final Set<SimulatedLock> together = new HashSet<>();

    Regular(long identity, FileBytes bytes) {
      this.identity = identity;
      this.bytes = bytes;
    }

    @Override
    public long identity() {
      return identity;
    }

    FileBytes bytes() {
      return bytes;
    }
  }

  /** A directory: its entries as processes see them, and as they are durable. */
  final class Directory implements Inode {
    private final long identity;
    final Map<String, Inode> seen = new TreeMap<>();
    final Map<String, Inode> durable = new TreeMap<>();

    Directory(long identity) {
      this.identity = identity;
    }

    @Override
    public long identity() {
      return identity;
    }

    void sync() {
      durable.clear();
      durable.putAll(seen);
    }
  }

  /** Copies a tree, each file once however many names it has. */
  final class Copier {
    private final Map<Inode, Inode> copies = new HashMap<>(); // by identity, as nodes have no other

    /** As it is, synced or not. */
    Directory copy(Directory root) {
      return (Directory) any(root);
    }

    private Inode any(Inode node) {
      Inode known = copies.get(node);
      if (known != null) {
        return known;
      }
      return switch (node) {
        case Regular file -> remember(file, new Regular(file.identity, file.bytes.copy()));
        case Directory directory -> {
          Directory copy = new Directory(directory.identity);
          remember(directory, copy);
          directory.seen.forEach((name, each) -> copy.seen.put(name, any(each)));
          directory.durable.forEach((name, each) -> copy.durable.put(name, any(each)));
          yield copy;
        }
      };
    }

    /** What a power cut leaves of it. */
    Directory after(Directory root, Loss loss, RandomGenerator random) {
      return (Directory) left(root, loss, random);
    }

    private Inode left(Inode node, Loss loss, RandomGenerator random) {
      Inode known = copies.get(node);
      if (known != null) {
        return known;
      }
      return switch (node) {
        case Regular file ->
            remember(file, new Regular(file.identity, file.bytes.after(loss.bytes(), random)));
        case Directory directory -> {
          Directory copy = new Directory(directory.identity);
          remember(directory, copy);
          for (String name : names(directory)) {
            Inode kept = entry(directory, name, loss.names(), random);
            if (kept != null) {
              copy.seen.put(name, left(kept, loss, random));
            }
          }
          copy.sync();
          yield copy;
        }
      };
    }

    private static Set<String> names(Directory directory) {
      Set<String> names = new TreeSet<>(directory.seen.keySet());
      names.addAll(directory.durable.keySet());
      return names;
    }

    private static @Nullable Inode entry(
        Directory directory, String name, Loss.Keep keep, RandomGenerator random) {
      Inode seen = directory.seen.get(name);
      Inode durable = directory.durable.get(name);
      if (seen != null && seen.equals(durable)) {
        return seen;
      }
      return switch (keep) {
        case NONE -> durable;
        case ALL -> seen;
        case SOME, PARTS -> random.nextBoolean() ? seen : durable;
      };
    }

    private Inode remember(Inode node, Inode copy) {
      copies.put(node, copy);
      return copy;
    }
  }
}
