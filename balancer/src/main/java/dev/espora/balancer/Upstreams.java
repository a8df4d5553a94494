package dev.espora.balancer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Chooses the upstream of a connection. Thread-safe. */
final class Upstreams {
  private final List<UpstreamState> states;
  private final Policy policy;
  private int next;

  Upstreams(List<UpstreamState> states, Policy policy) {
    this.states = List.copyOf(states);
    this.policy = policy;
  }

  List<UpstreamState> states() {
    return states;
  }

  /**
   * The upstream that a connection goes to next, which counts as active from now on; null if none
   * is left.
   *
   * @param excluded upstreams that are out of the question, one bit each
   */
  synchronized @Nullable UpstreamState choose(long excluded) {
    UpstreamState best = null;
    for (int i = 0; i < states.size(); i++) {
      UpstreamState state = states.get((next + i) % states.size());
      if (!state.isUp() || (excluded & 1L << state.index) != 0) {
        continue;
      }
      if (best == null || state.active() < best.active()) {
        best = state;
      }
      if (policy == Policy.ROUND_ROBIN) {
        break;
      }
    }
    if (best != null) {
      next = (best.index + 1) % states.size();
      best.begin();
    }
    return best;
  }

  boolean allDown() {
    return states.stream().noneMatch(UpstreamState::isUp);
  }

  @Override
  public String toString() {
    return policy
        + " "
        + states.stream().map(state -> state.upstream.toString()).toList().toString();
  }
}
