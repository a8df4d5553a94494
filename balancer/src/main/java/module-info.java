/** A layer-4 load balancer: it relays bytes or hands over the accepted socket. */
module dev.espora.balancer {
  requires io.netty.common;
  requires io.netty.transport;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.unix.common;
  requires static transitive org.jspecify;

  exports dev.espora.balancer;
}
