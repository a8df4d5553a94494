package dev.espora.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.Database;
import dev.espora.db.Medium;
import dev.espora.db.Options;
import dev.espora.db.Store;
import dev.espora.testkit.PersistenceContract;
import dev.espora.testkit.SharingContract;
import org.junit.jupiter.api.Test;

class ThreeNodesTest extends ThreeNodes implements PersistenceContract, SharingContract {

  @Test
  void whatIsForwardedAfterOpeningAgainIsNotTakenForWhatCameBefore() {
    for (int opening = 1; opening <= 3; opening++) {
      int number = 0;
      for (Medium medium : mediums()) {
        number++;
        String key = "of node " + number;
        try (Database database = Database.open(medium, Options.DEFAULTS)) {
          Store<String, Integer> store = database.store("store", String.class, Integer.class);
          store.put(key, opening);
          assertThat(store.read(key).orElseThrow().value()).isEqualTo(opening);
        }
      }
    }
  }

  @Test
  void whatIsTooLongForAMessageIsWrittenThroughEveryNode() {
    byte[] value = new byte[9 << 20];
    int number = 0;
    for (Medium medium : mediums()) {
      number++;
      try (Database database = Database.open(medium, Options.DEFAULTS)) {
        Store<Integer, byte[]> store = database.store("large", Integer.class, byte[].class);
        store.put(number, value);
        assertThat(store.read(number).orElseThrow().value()).isEqualTo(value);
      }
    }
  }
}
