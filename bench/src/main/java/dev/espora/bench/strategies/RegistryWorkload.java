package dev.espora.bench.strategies;

import dev.espora.bench.search.People;
import dev.espora.people.Person;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** People one after another, and in one call of ten somebody again who was sent before. */
public final class RegistryWorkload implements Workload {
  private static final People PEOPLE = new People(People.MOST);
  private static final int AGAIN_ONE_IN = 10;

  private final Registry registry;
  private final AtomicInteger next;
  private final Set<String> winners = ConcurrentHashMap.newKeySet();
  private final Set<String> refused = ConcurrentHashMap.newKeySet();

  /**
   * @param registered how many people are stored already, numbered from 0
   */
  public RegistryWorkload(Registry registry, int registered) {
    this.registry = registry;
    this.next = new AtomicInteger(registered);
  }

  /** Somebody, whose nickname nobody of another number has. */
  public static Person person(int number) {
    return PEOPLE.person(number);
  }

  @Override
  public void operate() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    int sent = next.get();
    boolean again = sent > 0 && random.nextInt(AGAIN_ONE_IN) == 0;
    Person person = person(again ? random.nextInt(sent) : next.getAndIncrement());
    if (!registry.register(person)) {
      refused.add(person.nickname());
    } else if (!winners.add(person.nickname())) {
      throw new WrongResult("two got the nickname " + person.nickname());
    }
  }

  /** How many people were sent, those included who were stored before. */
  public int sent() {
    return next.get();
  }

  @Override
  public long acknowledged() {
    return winners.size();
  }

  @Override
  public void check() {
    Set<String> stored = new HashSet<>();
    registry.nicknames(nickname -> {
      if (!stored.add(nickname)) {
        throw new WrongResult("the nickname " + nickname + " is stored twice");
      }
    });
    if (!stored.equals(winners)) {
      throw new WrongResult(
          "%d people are stored, %d were acknowledged".formatted(stored.size(), winners.size()));
    }
    refused.removeAll(winners);
    if (!refused.isEmpty()) {
      throw new WrongResult(
          "%d nicknames were refused, but nobody has them".formatted(refused.size()));
    }
  }

  @Override
  public long lostIn(Storage left) {
    Set<String> lost = new HashSet<>(winners);
    left.registry().nicknames(lost::remove);
    return lost.size();
  }
}
