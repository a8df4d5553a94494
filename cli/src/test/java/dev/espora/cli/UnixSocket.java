package dev.espora.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;

/** A connection to a unix socket that gives up waiting, as that of the JDK does not. */
final class UnixSocket extends Socket {
  private final SocketChannel channel;
  private final Selector selector;
  private final Duration patience;

  UnixSocket(Path path, Duration patience) throws IOException {
    super((SocketImpl) null);
    this.patience = patience;
    this.channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
    this.selector = Selector.open();
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ);
  }

  @Override
  public InputStream getInputStream() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        return length == 0 ? 0 : fill(ByteBuffer.wrap(bytes, offset, length));
      }
    };
  }

  private int fill(ByteBuffer buffer) throws IOException {
    int count = channel.read(buffer);
    while (count == 0) {
      if (selector.select(patience.toMillis()) == 0) {
        throw new SocketTimeoutException("no answer within " + patience);
      }
      selector.selectedKeys().clear();
      count = channel.read(buffer);
    }
    return count;
  }

  /** What is written here is short and fits into the kernel's buffer. */
  @Override
  public OutputStream getOutputStream() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        if (channel.write(ByteBuffer.wrap(bytes, offset, length)) < length) {
          throw new SocketException("the other side does not read");
        }
      }
    };
  }

  @Override
  public void close() throws IOException {
    selector.close();
    channel.close();
  }
}
