package dev.espora.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Engines measured in turns. One that fails is out from then on, and the others go on without it.
 *
 * @param results of the engines that got through all rounds
 * @param absent engines that did not, with the reason
 */
record PeerRounds<R>(Map<Peer, List<R>> results, Map<Peer, String> absent) {

  /** Every other round runs in the opposite order: no engine is always the one after a rest. */
  static <R> PeerRounds<R> run(
      List<Peer> peers, int rounds, Progress progress, Function<Peer, R> measure) {
    Map<Peer, List<R>> results = new EnumMap<>(Peer.class);
    Map<Peer, String> absent = new EnumMap<>(Peer.class);
    for (int round = 0; round < rounds; round++) {
      for (Peer peer : round % 2 == 0 ? peers : peers.reversed()) {
        progress.step(peer + ", round " + (round + 1) + " of " + rounds);
        if (!absent.containsKey(peer)) {
          try {
            results.computeIfAbsent(peer, _ -> new ArrayList<>()).add(measure.apply(peer));
          } catch (IllegalStateException e) {
            absent.put(peer, String.valueOf(e.getMessage()));
            results.remove(peer);
          }
        }
      }
    }
    return new PeerRounds<>(results, absent);
  }

  List<Peer> present(List<Peer> peers) {
    return peers.stream().filter(results::containsKey).toList();
  }

  Spread spread(Peer peer, ToDoubleFunction<R> figure) {
    return Spread.of(of(peer).stream().mapToDouble(figure).toArray());
  }

  /** An engine as a multiple of Espora, which may be absent: NaN then. */
  double ratioToEspora(Peer peer, ToDoubleFunction<R> figure) {
    return results.containsKey(Peer.ESPORA)
        ? Spread.ofRatios(of(peer), of(Peer.ESPORA), figure).median()
        : Double.NaN;
  }

  /** Why engines are missing, a sentence each. */
  List<String> absences() {
    return absent.entrySet().stream()
        .map(each -> each.getKey() + " is absent: " + each.getValue())
        .toList();
  }

  private List<R> of(Peer peer) {
    List<R> rounds = results.get(peer);
    if (rounds == null) {
      throw new IllegalArgumentException(peer + " was not measured");
    }
    return rounds;
  }
}
