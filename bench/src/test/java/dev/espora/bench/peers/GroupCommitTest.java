package dev.espora.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GroupCommitTest {
  private static final int CALLS = 2_000;

  /** Not synchronized: commits never overlap. */
  private final List<Integer> committed = new ArrayList<>();

  @ParameterizedTest
  @EnumSource
  void everyWishIsCommittedOnceBeforeItsCallerReturns(GroupCommit.Alone alone) throws Exception {
    try (GroupCommit<Integer> commits = new GroupCommit<>("committer", alone, this::commit)) {
      for (ThreadFactory factory :
          List.of(Thread.ofPlatform().factory(), Thread.ofVirtual().factory())) {
        committed.clear();
        try (ExecutorService callers = Executors.newFixedThreadPool(8, factory)) {
          for (int call = 0; call < CALLS; call++) {
            int wish = call;
            callers.execute(() -> commits.submit(wish));
          }
        }
        assertThat(committed).hasSize(CALLS).doesNotHaveDuplicates();
      }
    }
  }

  private void commit(Iterable<Integer> group) {
    group.forEach(committed::add);
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsCommittedAfterAFailure(GroupCommit.Alone alone) {
    try (GroupCommit<Integer> commits =
        new GroupCommit<>(
            "committer",
            alone,
            group -> {
              commit(group);
              throw new AssertionError("disk is full");
            })) {
      assertThatIllegalStateException().isThrownBy(() -> commits.submit(1));
      assertThatIllegalStateException()
          .isThrownBy(() -> commits.submit(2))
          .withMessageContaining("disk is full");
      assertThat(committed).containsExactly(1);
    }
  }
}
