package dev.espora.balancer;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client of the balancer under test. Every read fails after ten seconds rather than hang. */
final class TestClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  final Socket socket;

  private TestClient(Socket socket) {
    this.socket = socket;
  }

  static TestClient connect(Balancer balancer) throws IOException {
    return connect(balancer, 0);
  }

  /** Connects with a receive buffer of that many bytes, or the usual one if it is 0. */
  static TestClient connect(Balancer balancer, int receiveBufferBytes) throws IOException {
    Socket socket = new Socket();
    if (receiveBufferBytes > 0) {
      socket.setReceiveBufferSize(receiveBufferBytes);
    }
    return connect(socket, balancer.addresses().getFirst());
  }

  static TestClient connect(Address address) throws IOException {
    return connect(new Socket(), address);
  }

  /** Connects from one of the many addresses of the loopback interface. */
  static TestClient connectFrom(Balancer balancer, String source) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(source, 0));
    return connect(socket, balancer.addresses().getFirst());
  }

  private static TestClient connect(Socket socket, Address address) throws IOException {
    int port = ((Address.Tcp) address).port();
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return new TestClient(socket);
  }

  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The next line without its end; what there is if the connection ends before. */
  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    InputStream in = socket.getInputStream();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      line.append((char) c);
    }
    return line.toString();
  }

  String rest() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Whether the other side has ended the connection, by FIN or RST. Waits for it. */
  boolean isEnded() throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (java.net.SocketException e) {
      return true;
    }
  }

  void finish() throws IOException {
    socket.shutdownOutput();
  }

  /** Ends the connection by RST. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
