package dev.espora.balancer;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.NativeInetAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A listening socket. Where descriptors run out it stops accepting for a while, and goes on. */
final class Listener implements EpollIoHandle {
  private static final int BACKLOG = 4096;
  private static final int ACCEPTS_PER_TURN = 64;
  private static final long PAUSE_MILLIS = 100;

  /** Room for one length byte and an IPv6 address with scope and port. */
  private static final int ADDRESS_BYTES = 25;

  /** Of what {@code stat(2)} tells: the bits of the type, and those of a socket. */
  private static final int FILE_TYPE = 0170000;

  private static final int SOCKET = 0140000;

  private final Worker worker;
  private final Socket socket;
  private final Address address;
  private final BiConsumer<Socket, @Nullable InetAddress> accepted;
  private final SpareDescriptors spare;
  private final Log log = new Log();
  private final byte[] peer = new byte[ADDRESS_BYTES];
  private @Nullable IoRegistration registration;

  /** Which file the unix socket is: another process may put its own in its place. */
  private final @Nullable Object fileKey;

  private Listener(
      Worker worker,
      Socket socket,
      Address address,
      BiConsumer<Socket, @Nullable InetAddress> accepted,
      SpareDescriptors spare)
      throws IOException {
    this.worker = worker;
    this.socket = socket;
    this.address = address;
    this.accepted = accepted;
    this.spare = spare;
    this.fileKey = address instanceof Address.Unix unix ? key(unix.path()) : null;
  }

  /** Binds and listens, but accepts only from {@link #start} on. */
  static Listener bind(
      Worker worker,
      Address address,
      BiConsumer<Socket, @Nullable InetAddress> accepted,
      SpareDescriptors spare)
      throws IOException {
    Socket socket = Sockets.open(address);
    try {
      Address bound =
          switch (address) {
            case Address.Unix unix -> bindUnix(socket, unix);
            case Address.Tcp tcp -> bindTcp(socket, tcp);
          };
      socket.listen(BACKLOG);
      return new Listener(worker, socket, bound, accepted, spare);
    } catch (IOException | RuntimeException e) {
      Sockets.close(socket);
      throw new IOException("cannot listen on " + address + ": " + e.getMessage(), e);
    }
  }

  /** Where it listens, with the port that was really taken. */
  Address address() {
    return address;
  }

  /** Begins to accept; call it on the worker's loop. */
  void start() {
    if (!socket.isOpen()) {
      return;
    }
    if (!spare.available()) {
      pause("descriptors are short");
      return;
    }
    try {
      registration = worker.register(this, EpollIoOps.EPOLLIN);
    } catch (IOException e) {
      pause(Sockets.reason(e));
    }
  }

  @Override
  public FileDescriptor fd() {
    return socket;
  }

  @Override
  public void handle(IoRegistration source, IoEvent event) {
    for (int i = 0; i < ACCEPTS_PER_TURN && socket.isOpen(); i++) {
      if (!spare.available()) {
        pause("descriptors are short");
        return;
      }
      try {
        int fd = socket.accept(peer);
        if (fd < 0) {
          return;
        }
        accepted.accept(new Socket(fd), source());
      } catch (IOException e) {
        if (Sockets.isExhausted(e)) {
          spare.free();
          pause(Sockets.reason(e));
          return;
        }
        // The connection was aborted before it was accepted; the next one may be fine.
      } catch (RuntimeException | Error e) {
        // Whatever it is, it must not end the loop that other connections live on.
        pause(e.toString());
        return;
      }
    }
  }

  /** Stops listening, and removes the unix socket's file; call it on the worker's loop. */
  @Override
  public void close() {
    cancel();
    // While the socket is open nobody else can have the same key.
    if (socket.isOpen() && address instanceof Address.Unix unix) {
      try {
        deleteIfStill(fileKey, unix.path());
      } catch (IOException e) {
        Log.warn("cannot remove " + unix.path() + ": " + e.getMessage());
      }
    }
    Sockets.close(socket);
  }

  /** The address that accept(2) told, behind its length; null on a unix socket. */
  private @Nullable InetAddress source() {
    return address instanceof Address.Tcp
        ? NativeInetAddress.address(peer, 1, peer[0]).getAddress()
        : null;
  }

  private void pause(String reason) {
    // Level-triggered: left registered, the waiting connections would keep the loop spinning.
    cancel();
    var _ = worker.loop.schedule(this::start, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    log.warnNowAndThen("accepting on " + address + " pauses: " + reason);
  }

  private void cancel() {
    if (registration != null) {
      registration.cancel();
      registration = null;
    }
  }

  private static Address bindTcp(Socket socket, Address.Tcp tcp) throws IOException {
    SocketAddress target = Sockets.resolve(tcp);
    if (target instanceof InetSocketAddress inet && inet.isUnresolved()) {
      throw new IOException("the host name has no address");
    }
    socket.setReuseAddress(true);
    socket.bind(target);
    return new Address.Tcp(tcp.host(), socket.localAddress().getPort());
  }

  private static Address bindUnix(Socket socket, Address.Unix unix) throws IOException {
    removeStale(unix.path());
    socket.bind(new DomainSocketAddress(unix.path().toString()));
    // Nobody can connect before listen(2), so nobody slips in before the permissions are set.
    Files.setPosixFilePermissions(unix.path(), PosixFilePermissions.fromString("rw-------"));
    return unix;
  }

  /** Removes the socket file of a process that is gone; anything else at the path is an error. */
  private static void removeStale(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    // Netty's bind would remove whatever is there, a socket in use and a precious file alike.
    if (!isSocket(path)) {
      throw new IOException("the path exists and is not a socket");
    }
    Object stale = key(path);
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.configureBlocking(false);
      channel.connect(UnixDomainSocketAddress.of(path));
    } catch (ConnectException e) {
      // Refused: nobody is behind it. Any other failure leaves open whether somebody is.
      deleteIfStill(stale, path);
      return;
    }
    throw new IOException("the address is in use");
  }

  private static boolean isSocket(Path path) throws IOException {
    int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    return (mode & FILE_TYPE) == SOCKET;
  }

  private static void deleteIfStill(@Nullable Object key, Path path) throws IOException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && Objects.equals(key, key(path))) {
      Files.deleteIfExists(path);
    }
  }

  private static @Nullable Object key(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }
}
