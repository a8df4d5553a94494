package dev.espora.balancer;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * An accepted connection, from the moment it was counted in until it is closed or handed over. Used
 * by one event loop only.
 */
final class Client {
  final Socket socket;

  /** When to give up looking for an upstream with room, in {@link System#nanoTime()}. */
  final long deadlineNanos;

  private final @Nullable InetAddress source;
  private final Admission admission;
  private long tried;
  private boolean upstreamWasBusy;
  private byte @Nullable [] unsent;

  Client(Socket socket, @Nullable InetAddress source, Admission admission, long queueTimeoutNanos) {
    this.socket = socket;
    this.source = source;
    this.admission = admission;
    this.deadlineNanos = System.nanoTime() + queueTimeoutNanos;
  }

  /** The upstreams that did not take this connection, one bit each. */
  long tried() {
    return tried;
  }

  void addTried(int upstream) {
    tried |= 1L << upstream;
  }

  /** An upstream had no room just now, so that it is worth asking all of them again. */
  void upstreamBusy() {
    upstreamWasBusy = true;
  }

  /** Makes every upstream eligible again if one of them was only busy. */
  boolean startOver() {
    boolean worthIt = upstreamWasBusy && System.nanoTime() - deadlineNanos < 0;
    upstreamWasBusy = false;
    tried = 0;
    return worthIt;
  }

  /** What was read of the client for an upstream that took none of it. */
  byte @Nullable [] unsent() {
    return unsent;
  }

  void keepUnsent(byte @Nullable [] bytes) {
    unsent = bytes;
  }

  /** Closes our descriptor. The connection lives on if an instance has another one. */
  void close() {
    if (Sockets.close(socket)) {
      admission.leave(source);
    }
  }

  /** Ends the connection itself, for everyone who has a descriptor of it. */
  void cut() {
    try {
      socket.shutdown();
    } catch (IOException | RuntimeException e) {
      // The client has gone already.
    }
    refuse();
  }

  /** Closes a connection that no upstream took. */
  void refuse() {
    admission.countRefused();
    close();
  }
}
