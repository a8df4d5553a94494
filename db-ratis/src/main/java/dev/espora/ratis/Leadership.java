package dev.espora.ratis;

import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;

/**
 * Confirms that this node still leads a group, so that what it has committed is all that anybody
 * has been told: a majority that is still in its term has elected nobody else. No clock is relied
 * on.
 *
 * <p>Ratis has linearizable reads of its own, but 3.3.0 does not ask anybody where the commit index
 * was confirmed once before: a leader that was cut off answers from the past until it steps down.
 *
 * <p>Who asks while a round is under way shares the next one. Safe for use by any number of
 * threads; none waits.
 */
final class Leadership {
  /** What is confirmed where this node does not lead, or nobody can say. */
  static final long NONE = Long.MIN_VALUE;

  private static final long WAIT_MILLIS = 1000;

  private final Group group;
  private @Nullable CompletableFuture<Long> running;
  private @Nullable CompletableFuture<Long> next;

  Leadership(Group group) {
    this.group = group;
  }

  /**
   * Confirms.
   *
   * @return the index up to which entries are committed, at least all those of before the call; or
   *     {@link #NONE}
   */
  synchronized CompletableFuture<Long> confirm() {
    if (next != null) {
      return next;
    }
    CompletableFuture<Long> mine = new CompletableFuture<>();
    CompletableFuture<Long> before = running;
    if (before != null && !before.isDone()) {
      next = mine;
      var _ = before.whenComplete((_, _) -> begin(mine));
    } else {
      begin(mine);
    }
    return mine;
  }

  /** All later rounds wait for this one, so it ends, whatever happens. */
  private void begin(CompletableFuture<Long> mine) {
    synchronized (this) {
      running = mine;
      next = null;
    }
    try {
      var _ = round().thenAccept(mine::complete);
    } catch (RuntimeException | Error e) {
      mine.complete(NONE);
    }
  }

  /** Asks all others in which term they are. */
  private CompletableFuture<Long> round() {
    RaftServer.Division division = group.division();
    DivisionInfo info = division.getInfo();
    long term = info.getCurrentTerm();
    boolean leads = info.isLeaderReady();
    long committed = division.getRaftLog().getLastCommittedIndex();
    if (!leads || info.getCurrentTerm() != term) {
      return CompletableFuture.completedFuture(NONE);
    }
    RaftConfiguration members = division.getRaftConf();
    Round round = new Round(term, committed, members);
    round.heard(division.getId(), term);
    if (!round.result.isDone()) {
      Message question = Wire.REQUEST.message(new Request.Term());
      members.getAllPeers().stream()
          .map(RaftPeer::getId)
          .filter(each -> !group.isSelf(each))
          .forEach(each -> ask(each, question, round));
    }
    return round.result.completeOnTimeout(NONE, WAIT_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void ask(RaftPeerId node, Message question, Round round) {
    try {
      var _ =
          group
              .send(node, question, Group.Way.AT_ONCE)
              .thenAccept(reply -> {
                if (reply instanceof Reply.Term(long term)) {
                  round.heard(node, term);
                }
              });
    } catch (IOException e) {
      // nobody has been heard
    }
  }

  private static final class Round {
    private final long term;
    private final long committed;
    private final RaftConfiguration members;
    private final Set<RaftPeerId> confirmed = new HashSet<>();
    private final CompletableFuture<Long> result = new CompletableFuture<>();

    private Round(long term, long committed, RaftConfiguration members) {
      this.term = term;
      this.committed = committed;
      this.members = members;
    }

    private void heard(RaftPeerId node, long inTerm) {
      boolean enough;
      synchronized (this) {
        if (inTerm == term) {
          confirmed.add(node);
        }
        enough = majority(members.getCurrentPeers()) && majority(members.getPreviousPeers());
      }
      if (enough) {
        result.complete(committed);
      }
    }

    private boolean majority(Collection<RaftPeer> peers) {
      long yes = peers.stream().filter(each -> confirmed.contains(each.getId())).count();
      return peers.isEmpty() || 2 * yes > peers.size();
    }
  }
}
