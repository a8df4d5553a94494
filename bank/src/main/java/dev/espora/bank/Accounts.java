package dev.espora.bank;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which accounts a bank has.
 *
 * @param limits from account id (1 or more) to cents that its balance may go below zero (0 to
 *     {@link Movement#MAX_AMOUNT})
 */
public record Accounts(Map<Long, Long> limits) {

  /** 1 to 5, with limits of 100000, 80000, 1000000, 10000000 and 500000 cents. */
  public static final Accounts DEFAULTS =
      new Accounts(
          Map.of(1L, 100_000L, 2L, 80_000L, 3L, 1_000_000L, 4L, 10_000_000L, 5L, 500_000L));

  /** More would not fit the one record that holds them. */
  private static final int MOST = 500_000;

  private static final Pattern LINE =
      Pattern.compile("[ \t]*([0-9]{1,18})[ \t]*,[ \t]*([0-9]{1,18})[ \t]*");

  public Accounts {
    limits = Collections.unmodifiableMap(new LinkedHashMap<>(limits));
    if (limits.size() > MOST) {
      throw new IllegalArgumentException(limits.size() + " accounts; at most " + MOST + " fit");
    }
    limits.forEach((id, limit) -> {
      if (id < 1 || limit < 0 || limit > Movement.MAX_AMOUNT) {
        throw new IllegalArgumentException(
            "account "
                + id
                + " with limit "
                + limit
                + ": an id is at least 1, a limit 0 to 2^53-1");
      }
    });
  }

  /**
   * Reads a file of lines {@code id,limit}; empty lines and lines that begin with {@code #} are
   * skipped.
   *
   * @throws IOException if the file cannot be read; it is named
   * @throws IllegalArgumentException naming the line that is wrong
   */
  public static Accounts read(Path file) throws IOException {
    Map<Long, Long> limits = new LinkedHashMap<>();
    List<String> lines = lines(file);
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      Matcher matcher = LINE.matcher(line);
      String where = file + " line " + (i + 1) + ": ";
      if (!matcher.matches()) {
        throw new IllegalArgumentException(where + "'" + line + "' is not ID,LIMIT");
      }
      long id = Long.parseLong(matcher.group(1));
      if (limits.put(id, Long.parseLong(matcher.group(2))) != null) {
        throw new IllegalArgumentException(where + "account " + id + " is there twice");
      }
    }
    if (limits.isEmpty()) {
      throw new IllegalArgumentException(file + " has no accounts");
    }
    return new Accounts(limits);
  }

  private static List<String> lines(Path file) throws IOException {
    try {
      return Files.readAllLines(file);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(file + " is not UTF-8 text", e);
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }
}
