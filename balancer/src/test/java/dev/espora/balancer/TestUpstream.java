package dev.espora.balancer;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A small server that hands every connection to a script, each on a thread of its own. */
final class TestUpstream implements AutoCloseable {

  /** What to do with a connection; it is closed when this returns. */
  interface Script {
    void run(SocketChannel channel) throws IOException;
  }

  private final ServerSocketChannel server;
  private final Upstream upstream;
  private final Script script;
  private final Thread acceptor;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();

  private TestUpstream(ServerSocketChannel server, Upstream upstream, Script script) {
    this.server = server;
    this.upstream = upstream;
    this.script = script;
    acceptor = Thread.ofVirtual().start(this::accept);
  }

  static TestUpstream tcp(Script script) throws IOException {
    return tcp(0, script);
  }

  static TestUpstream tcp(int port, Script script) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    int bound = ((InetSocketAddress) server.getLocalAddress()).getPort();
    return new TestUpstream(server, Upstream.parse("127.0.0.1:" + bound), script);
  }

  static TestUpstream unix(Path path, Script script) throws IOException {
    Files.deleteIfExists(path);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path));
    return new TestUpstream(server, Upstream.parse("unix:" + path), script);
  }

  /** Sends a name, then everything that it reads, until the other side ends. */
  static Script echo(String name) {
    return channel -> {
      write(channel, name + "\n");
      ByteBuffer buffer = ByteBuffer.allocate(8192);
      while (channel.read(buffer) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        buffer.clear();
      }
    };
  }

  static void write(SocketChannel channel, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  static InputStream input(SocketChannel channel) {
    return Channels.newInputStream(channel);
  }

  Upstream upstream() {
    return upstream;
  }

  int port() {
    return ((Address.Tcp) upstream.address()).port();
  }

  int connections() {
    return connections.get();
  }

  @Override
  public void close() throws IOException {
    kill();
  }

  /** Stops listening and drops every connection, as a killed process does. */
  void kill() throws IOException {
    server.close();
    try {
      // The socket goes on listening until accept has returned.
      acceptor.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (SocketChannel channel : open) {
      channel.close();
    }
    if (upstream.address() instanceof Address.Unix unix) {
      Files.deleteIfExists(unix.path());
    }
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel channel = server.accept();
        connections.incrementAndGet();
        open.add(channel);
        Thread.ofVirtual().start(() -> serve(channel));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(SocketChannel channel) {
    try (channel) {
      script.run(channel);
    } catch (IOException e) {
      // The balancer or the test ended the connection.
    } finally {
      open.remove(channel);
    }
  }
}
