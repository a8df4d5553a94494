package dev.espora.balancer;

import java.util.List;

/**
 * What a balancer did since it started, and does now. The numbers are read one after another, not
 * at one instant.
 *
 * @param accepted connections that were accepted, refused ones too
 * @param active connections that are relayed or look for an upstream now
 * @param refused connections that were closed because of a cap, or because no upstream took them
 * @param heldBytes bytes that were read and wait for a slow reader now
 * @param upstreams one entry per upstream, in the order of the options
 */
public record BalancerStatistics(
    long accepted, int active, long refused, long heldBytes, List<UpstreamStatistics> upstreams) {

  /**
   * One upstream.
   *
   * @param upstream which one
   * @param up whether connections go there
   * @param active connections that are relayed there, or whose descriptor is not answered for yet
   * @param served connections that it took: relayed to it, or acknowledged by it
   * @param failed attempts that it refused, or did not answer in time
   */
  public record UpstreamStatistics(
      Upstream upstream, boolean up, int active, long served, long failed) {}

  public BalancerStatistics {
    upstreams = List.copyOf(upstreams);
  }
}
