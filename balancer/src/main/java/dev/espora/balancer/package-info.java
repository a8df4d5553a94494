/**
 * A layer-4 load balancer for Linux. Start at {@link dev.espora.balancer.Balancer}.
 *
 * <p>Netty gives the event loops, epoll and the socket calls. Channels and pipelines are left out:
 * a relayed connection is two registered descriptors, and a connection that is handed over must
 * never be registered at all.
 */
@NullMarked
package dev.espora.balancer;

import org.jspecify.annotations.NullMarked;
