package dev.espora.balancer;

import io.netty.channel.ChannelException;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.Socket;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Set;

/** Socket calls, and what their errors mean to a balancer. */
final class Sockets {
  private static final int ENOMEM = -12;
  private static final int ENFILE = -23;
  private static final int EMFILE = -24;
  private static final int ENOBUFS = -105;
  private static final int ETOOMANYREFS = -109;
  private static final Set<Integer> EXHAUSTED =
      Set.of(ENOMEM, ENFILE, EMFILE, ENOBUFS, ETOOMANYREFS);

  private Sockets() {}

  /** A new socket that does not block, of the family that the address needs. */
  static Socket open(Address address) throws IOException {
    try {
      return switch (address) {
        case Address.Unix unix -> Socket.newSocketDomain();
        case Address.Tcp tcp -> Socket.newSocketStream();
      };
    } catch (ChannelException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
    }
  }

  static SocketAddress resolve(Address address) {
    return switch (address) {
      case Address.Unix unix -> new DomainSocketAddress(unix.path().toString());
      case Address.Tcp tcp -> new InetSocketAddress(tcp.host(), tcp.port());
    };
  }

  /** What went wrong, for the log. */
  static String reason(Exception e) {
    if (e instanceof FileNotFoundException) {
      return "there is no such socket";
    }
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  /** Closes and says whether it was open until now. */
  static boolean close(Socket socket) {
    if (!socket.isOpen()) {
      return false;
    }
    try {
      socket.close();
    } catch (IOException e) {
      // The descriptor is gone all the same: Linux frees it first.
    }
    return true;
  }

  /** This process or the kernel ran out of descriptors or memory: nobody else's fault, and over. */
  static boolean isExhausted(Throwable e) {
    return e instanceof Errors.NativeIoException failure
        && EXHAUSTED.contains(failure.expectedErr());
  }

  /**
   * A connection failed because the backlog of a unix socket was full: its owner lives, but does
   * not keep up. Netty tells the error number in the message only.
   */
  static boolean isBacklogFull(IOException e) {
    String message = e.getMessage();
    return e instanceof ConnectException
        && message != null
        && message.contains("error(" + Errors.ERRNO_EAGAIN_NEGATIVE + ")");
  }
}
