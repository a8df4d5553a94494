/** The HTTP edge the services share: listeners, limits, routing, problem documents, JSON. */
module dev.espora.http {
  requires io.netty.buffer;
  requires io.netty.common;
  requires io.netty.transport;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.unix.common;
  requires static transitive org.jspecify;
  requires transitive tools.jackson.core;

  exports dev.espora.http;
}
