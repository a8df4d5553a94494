package dev.espora.testkit;

import dev.espora.db.Change;
import dev.espora.db.ChangeFeed;
import dev.espora.db.Entry;
import dev.espora.db.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The changes of a store as texts that are easy to compare: {@code PUT key=value}. */
final class ChangeTexts {
  private ChangeTexts() {}

  /** All changes behind a sequence that there are. */
  static List<String> all(Store<String, Integer> store, long after) {
    try (ChangeFeed<String, Integer> feed = store.changes(after)) {
      return all(feed);
    }
  }

  static List<String> all(ChangeFeed<String, Integer> feed) {
    List<String> texts = new ArrayList<>();
    Optional<Change<String, Integer>> change = feed.poll(Duration.ZERO);
    while (change.isPresent()) {
      texts.add(text(change.get()));
      change = feed.poll(Duration.ZERO);
    }
    return texts;
  }

  private static String text(Change<String, Integer> change) {
    String value = change.entry().map(Entry::value).map(each -> "=" + each).orElse("");
    return change.kind() + " " + change.key() + value;
  }
}
