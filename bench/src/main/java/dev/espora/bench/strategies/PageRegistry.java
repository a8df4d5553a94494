package dev.espora.bench.strategies;

import dev.espora.db.disk.Disk;
import dev.espora.people.Person;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The original's way, for people: one file of pages, found by the nickname's hash. Every insert
 * locks the file against all others, reads a page, rewrites all of it, syncs, unlocks. Where a page
 * has no room for the largest entry any more, the next one is used.
 *
 * <pre>
 * 0      2                                                              4096
 * +------+-----------------------------------------------------------+-- … --+
 * | used | entry: short bytes, short bytes of the nickname, all text |       |
 * +------+-----------------------------------------------------------+-- … --+
 * </pre>
 */
final class PageRegistry implements Registry, AutoCloseable {
  private static final int ENTRIES_AT = 2;
  private static final int LARGEST_ENTRY = 1024;
  private static final int PEOPLE_ON_A_PAGE = 12;
  private static final int FEWEST_PAGES = 8;

  private final int pages;
  private final PageFile file;
  private final ByteBuffer page = ByteBuffer.allocate(PageFile.PAGE_BYTES);

  /**
   * @param directory that exists
   * @param people for whom there is to be room: pages are half full then
   */
  PageRegistry(Disk disk, Path directory, int people, FileMutex.Kind mutex) {
    this.pages = Math.max(FEWEST_PAGES, people / PEOPLE_ON_A_PAGE);
    file = new PageFile(disk, directory.resolve("people"), pages, mutex);
  }

  @Override
  public boolean register(Person person) {
    byte[] entry = entry(person);
    return file.alone(() -> {
      if (!insert(person.nickname(), entry)) {
        return false;
      }
      file.sync();
      return true;
    });
  }

  @Override
  public void load(Stream<Person> people) {
    var _ =
        file.alone(() -> {
          for (Iterator<Person> each = people.iterator(); each.hasNext(); ) {
            Person person = each.next();
            insert(person.nickname(), entry(person));
          }
          file.sync();
          return true;
        });
  }

  private boolean insert(String nickname, byte[] entry) throws IOException {
    byte[] key = nickname.getBytes(StandardCharsets.UTF_8);
    int first = Math.floorMod(spread(nickname.hashCode()), pages);
    for (int probe = 0; probe < pages; probe++) {
      int number = (first + probe) % pages;
      file.read(page.array(), number);
      int end = ENTRIES_AT + page.getShort(0);
      for (int at = ENTRIES_AT; at < end; at += 2 + page.getShort(at)) {
        if (isOf(key, at)) {
          return false;
        }
      }
      if (end + 2 + LARGEST_ENTRY <= PageFile.PAGE_BYTES) {
        page.putShort(end, (short) entry.length).put(end + 2, entry);
        page.putShort(0, (short) (end + entry.length));
        file.write(page.array(), number);
        return true;
      }
    }
    throw new IllegalStateException("all " + pages + " pages are full");
  }

  private boolean isOf(byte[] key, int at) {
    int length = page.getShort(at + 2);
    return Arrays.equals(page.array(), at + 4, at + 4 + length, key, 0, key.length);
  }

  /** Multiplied by the golden ratio: nicknames that differ in their last digits go apart. */
  private static int spread(int hash) {
    return (hash * 0x9E3779B9) >>> 8;
  }

  private static byte[] entry(Person person) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      byte[] key = person.nickname().getBytes(StandardCharsets.UTF_8);
      out.writeShort(key.length);
      out.write(key);
      out.writeUTF(person.name());
      out.writeUTF(person.birth().toString());
      out.writeUTF(String.join("\n", person.stack().names()));
    } catch (IOException e) {
      throw new IllegalStateException("an array failed", e);
    }
    if (bytes.size() > LARGEST_ENTRY) {
      throw new IllegalArgumentException(person.nickname() + " has more than 1024 bytes");
    }
    return bytes.toByteArray();
  }

  @Override
  public void nicknames(Consumer<String> each) {
    var _ =
        file.alone(() -> {
          for (int number = 0; number < pages; number++) {
            file.read(page.array(), number);
            int end = ENTRIES_AT + page.getShort(0);
            for (int at = ENTRIES_AT; at < end; at += 2 + page.getShort(at)) {
              int length = page.getShort(at + 2);
              each.accept(new String(page.array(), at + 4, length, StandardCharsets.UTF_8));
            }
          }
          return true;
        });
  }

  @Override
  public void close() {
    file.close();
  }
}
