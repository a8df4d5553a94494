package dev.espora.db.file;

import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskException;
import dev.espora.db.disk.DiskFile;
import dev.espora.db.disk.DiskLock;
import dev.espora.db.disk.SharedMemory;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A disk in memory that keeps what processes see apart from what a power cut would leave: file
 * contents sector by sector, directory entries one by one. It counts every operation that changes
 * something and can cut the power, or fail, at any of them.
 */
final class SimulatedDisk implements Disk {
  private static final int SECTOR = 512;

  /** Thrown by every operation from the moment that the power is cut. */
  static final class PowerCut extends IOException {
    private static final long serialVersionUID = 1;

    PowerCut() {
      super("the power is cut");
    }
  }

  private final Map<Path, Node> live = new TreeMap<>();
  private final Map<Path, Node> durableNames = new TreeMap<>();
  private final java.util.IdentityHashMap<Node, Boolean> locks = new java.util.IdentityHashMap<>();
  private long operations;
  private long cutAt = Long.MAX_VALUE;
  private long failAt = Long.MAX_VALUE;
  private boolean cut;
  private boolean full;
  private long identities;

  SimulatedDisk() {
    Node root = new Node(0, true);
    live.put(Path.of("/"), root);
    durableNames.put(Path.of("/"), root);
  }

  /** A file or directory: what is seen, what is durable, and the sectors in which they differ. */
  private static final class Node {
    final long identity;
    final boolean directory;
    byte[] seen = new byte[0];
    byte[] durable = new byte[0];

    Node(long identity, boolean directory) {
      this.identity = identity;
      this.directory = directory;
    }
  }

  /** Cuts the power before the operation of this number, counted from 0. */
  void cutAt(long operation) {
    cutAt = operation;
  }

  /** From now on there is no room on the disk, or there is again. */
  synchronized void setFull(boolean full) {
    this.full = full;
  }

  /** Fails the operation of this number with an I/O error. */
  void failAt(long operation) {
    failAt = operation;
  }

  synchronized long operations() {
    return operations;
  }

  synchronized boolean isCut() {
    return cut;
  }

  /**
   * The disk after the power is back: what was durable, and of the rest whatever the random numbers
   * say.
   */
  synchronized SimulatedDisk afterPowerCut(Random random) {
    SimulatedDisk next = new SimulatedDisk();
    next.identities = identities;
    Map<Path, Node> names = new TreeMap<>(durableNames);
    for (Map.Entry<Path, Node> entry : live.entrySet()) {
      if (!entry.getValue().equals(durableNames.get(entry.getKey())) && random.nextBoolean()) {
        names.put(entry.getKey(), entry.getValue());
      }
    }
    for (Map.Entry<Path, Node> entry : durableNames.entrySet()) {
      if (!live.containsKey(entry.getKey()) && random.nextBoolean()) {
        names.remove(entry.getKey());
      }
    }
    names.forEach((path, node) -> {
      if (hasParents(names, path)) {
        Node copy = new Node(node.identity, node.directory);
        copy.durable = torn(node, random);
        copy.seen = copy.durable.clone();
        next.live.put(path, copy);
        next.durableNames.put(path, copy);
      }
    });
    return next;
  }

  /**
   * The disk after all processes were killed while the machine went on: everything seen, synced or
   * not.
   */
  synchronized SimulatedDisk afterKill() {
    SimulatedDisk next = new SimulatedDisk();
    next.identities = identities;
    Map<Node, Node> copies = new java.util.HashMap<>();
    live.forEach((path, node) -> next.live.put(path, copy(node, copies)));
    durableNames.forEach((path, node) -> next.durableNames.put(path, copy(node, copies)));
    return next;
  }

  private static Node copy(Node node, Map<Node, Node> copies) {
    return copies.computeIfAbsent(
        node,
        original -> {
          Node made = new Node(original.identity, original.directory);
          made.seen = original.seen.clone();
          made.durable = original.durable.clone();
          return made;
        });
  }

  private static boolean hasParents(Map<Path, Node> names, Path path) {
    Path parent = path.getParent();
    return parent == null || (names.containsKey(parent) && hasParents(names, parent));
  }

  private static byte[] torn(Node node, Random random) {
    boolean longer = random.nextBoolean();
    byte[] result = Arrays.copyOf(node.durable, longer ? node.seen.length : node.durable.length);
    int style = random.nextInt(3);
    for (int at = 0; at < result.length; at += SECTOR) {
      boolean keep = style == 1 || (style == 2 && random.nextBoolean());
      int length = Math.min(SECTOR, Math.min(result.length, node.seen.length) - at);
      if (keep && length > 0) {
        System.arraycopy(node.seen, at, result, at, length);
      }
    }
    return result;
  }

  /**
   * Counts an operation that changes something; the one at which the power is cut does not take
   * place.
   */
  private void change() throws IOException {
    if (cut || operations == cutAt) {
      cut = true;
      throw new PowerCut();
    }
    if (operations++ == failAt) {
      throw new DiskException(DiskException.Reason.FAILED, "a simulated I/O error");
    }
  }

  private Node node(Path path) throws IOException {
    if (cut) {
      throw new PowerCut();
    }
    Node node = live.get(path);
    if (node == null) {
      throw new NoSuchFileException(path.toString());
    }
    return node;
  }

  @Override
  public synchronized DiskFile open(Path file) throws IOException {
    return new SimulatedFile(node(file));
  }

  @Override
  public DiskFile openReadOnly(Path file) throws IOException {
    return open(file);
  }

  @Override
  public synchronized DiskFile create(Path file) throws IOException {
    change();
    if (live.containsKey(file)) {
      throw new FileAlreadyExistsException(file.toString());
    }
    Node node = new Node(++identities, false);
    live.put(file, node);
    return new SimulatedFile(node);
  }

  @Override
  public synchronized void createDirectory(Path directory) throws IOException {
    change();
    if (live.putIfAbsent(directory, new Node(++identities, true)) != null) {
      throw new FileAlreadyExistsException(directory.toString());
    }
  }

  @Override
  public synchronized boolean exists(Path path) {
    return live.containsKey(path);
  }

  @Override
  public synchronized boolean isDirectory(Path path) {
    Node node = live.get(path);
    return node != null && node.directory;
  }

  @Override
  public synchronized List<String> list(Path directory) throws IOException {
    Node _ = node(directory);
    List<String> names = new ArrayList<>();
    for (Path path : live.keySet()) {
      if (directory.equals(path.getParent())) {
        names.add(path.getFileName().toString());
      }
    }
    return names;
  }

  @Override
  public synchronized void rename(Path from, Path to) throws IOException {
    change();
    Node _ = node(from);
    Map<Path, Node> moved = new TreeMap<>();
    live.entrySet()
        .removeIf(entry -> {
          if (!entry.getKey().startsWith(from)) {
            return false;
          }
          moved.put(
              entry.getKey().equals(from) ? to : to.resolve(from.relativize(entry.getKey())),
              entry.getValue());
          return true;
        });
    live.putAll(moved);
    // a directory's own entries keep being durable under its new name once that is
    moved.keySet().stream()
        .filter(path -> !path.equals(to))
        .forEach(path -> {
          Node durable = durableNames.get(from.resolve(to.relativize(path)));
          if (durable != null) {
            durableNames.put(path, durable);
          }
        });
  }

  @Override
  public synchronized void delete(Path file) throws IOException {
    change();
    Node _ = node(file);
    live.remove(file);
  }

  @Override
  public synchronized void syncDirectory(Path directory) throws IOException {
    change();
    durableNames
        .keySet()
        .removeIf(path -> directory.equals(path.getParent()) && !live.containsKey(path));
    live.forEach((path, node) -> {
      if (directory.equals(path.getParent())) {
        durableNames.put(path, node);
      }
    });
  }

  @Override
  public synchronized long identity(Path file) throws IOException {
    return node(file).identity;
  }

  @Override
  public synchronized SharedMemory map(Path file, int bytes) throws IOException {
    return new SimulatedMemory(node(file));
  }

  @Override
  public synchronized DiskLock lock(Path file) throws IOException {
    return new SimulatedLock(node(file));
  }

  /** Flips bits of what is durable and seen alike, as rot does. */
  synchronized void flip(Path file, long offset, int mask) throws IOException {
    Node node = node(file);
    node.seen[(int) offset] ^= (byte) mask;
    node.durable[(int) offset] = node.seen[(int) offset];
  }

  /** Cuts a file short, as somebody's mistake does. */
  synchronized void cutShort(Path file, int length) throws IOException {
    Node node = node(file);
    node.seen = Arrays.copyOf(node.seen, length);
    node.durable = node.seen.clone();
  }

  synchronized List<Path> files() {
    return live.entrySet().stream()
        .filter(entry -> !entry.getValue().directory)
        .map(Map.Entry::getKey)
        .toList();
  }

  synchronized byte[] bytes(Path file) throws IOException {
    return node(file).seen.clone();
  }

  private final class SimulatedFile implements DiskFile {
    private final Node node;

    SimulatedFile(Node node) {
      this.node = node;
    }

    @Override
    public long size() throws IOException {
      synchronized (SimulatedDisk.this) {
        return node.seen.length;
      }
    }

    @Override
    public int read(byte[] target, int offset, int length, long position) throws IOException {
      synchronized (SimulatedDisk.this) {
        if (cut) {
          throw new PowerCut();
        }
        int count = (int) Math.max(0, Math.min(length, node.seen.length - position));
        System.arraycopy(
            node.seen, (int) Math.min(position, node.seen.length), target, offset, count);
        return count;
      }
    }

    @Override
    public void write(byte[] source, int offset, int length, long position) throws IOException {
      synchronized (SimulatedDisk.this) {
        change();
        if (node.seen.length < position + length) {
          if (full) {
            throw new DiskException(DiskException.Reason.EXHAUSTED, "no space left (simulated)");
          }
          node.seen = Arrays.copyOf(node.seen, (int) position + length);
        }
        System.arraycopy(source, offset, node.seen, (int) position, length);
      }
    }

    @Override
    public void sync() throws IOException {
      synchronized (SimulatedDisk.this) {
        change();
        node.durable = node.seen.clone();
      }
    }

    @Override
    public void close() {}
  }

  private final class SimulatedLock implements DiskLock {
    private final Node node;
    private boolean exclusive;
    private boolean shared;

    SimulatedLock(Node node) {
      this.node = node;
    }

    @Override
    public boolean tryExclusive() throws IOException {
      synchronized (SimulatedDisk.this) {
        if (cut) {
          throw new PowerCut();
        }
        if (exclusive) {
          return true;
        }
        if (locks.containsKey(node)) {
          return false;
        }
        locks.put(node, true);
        exclusive = true;
        return true;
      }
    }

    @Override
    public void exclusive() throws IOException {
      synchronized (SimulatedDisk.this) {
        while (!tryExclusive()) {
          try {
            SimulatedDisk.this.wait();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        }
      }
    }

    /** Sharing is not simulated: each of these disks has one process. */
    @Override
    public boolean tryShared() throws IOException {
      shared = tryExclusive();
      return shared;
    }

    @Override
    public void release() throws IOException {
      synchronized (SimulatedDisk.this) {
        if (exclusive) {
          locks.remove(node);
          exclusive = false;
          SimulatedDisk.this.notifyAll();
        }
      }
    }

    @Override
    public void close() {
      try {
        release();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private final class SimulatedMemory implements SharedMemory {
    private final Node node;

    SimulatedMemory(Node node) {
      this.node = node;
    }

    private long word(byte[] bytes, int offset) {
      return new dev.espora.db.codec.Input(bytes, offset, 8).readLong();
    }

    private void put(byte[] bytes, int offset, long value) {
      for (int i = 0; i < 8; i++) {
        bytes[offset + i] = (byte) (value >>> (8 * i));
      }
    }

    @Override
    public long get(int offset) {
      synchronized (SimulatedDisk.this) {
        return word(node.seen, offset);
      }
    }

    @Override
    public void set(int offset, long value) {
      synchronized (SimulatedDisk.this) {
        put(node.seen, offset, value);
      }
    }

    @Override
    public boolean compareAndSet(int offset, long expected, long value) {
      synchronized (SimulatedDisk.this) {
        if (get(offset) != expected) {
          return false;
        }
        set(offset, value);
        return true;
      }
    }

    @Override
    public void force() {
      synchronized (SimulatedDisk.this) {
        if (!cut) {
          node.durable = node.seen.clone();
        }
      }
    }

    @Override
    public void close() {}
  }

  @Override
  public synchronized String toString() {
    return "simulated disk of " + live.size() + " files after " + operations + " operations";
  }
}
