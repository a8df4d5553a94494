package dev.espora.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes over client connections from a balancer. Each descriptor is answered by one byte, in order:
 * 'A' before anything is read from it, or 'R' after this process's copy is closed. A copy is closed
 * by {@code close(2)} and never shut down, so that a refused client does not notice.
 */
final class HandoffReceiver extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = System.getLogger(HandoffReceiver.class.getName());

  private final Admission admission;
  private final Consumer<Channel> register;
  private boolean received;

  /**
   * @param register starts serving a connection that has been let in
   */
  HandoffReceiver(Admission admission, Consumer<Channel> register) {
    this.admission = admission;
    this.register = register;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    received = true;
    FileDescriptor descriptor = (FileDescriptor) message;
    EpollSocketChannel client = admission.tryEnter() ? adopt(descriptor) : null;
    if (client == null) {
      close(descriptor);
      answer(context, 'R', () -> {}, () -> {});
      return;
    }
    answer(
        context,
        'A',
        () -> register.accept(client),
        () -> {
          // The balancer never heard of the 'A' and keeps the connection.
          admission.leave();
          close(descriptor);
        });
  }

  /**
   * Reads one descriptor at a time (see {@link HttpServer}), so if there was none, a byte came
   * without: the kernel drops a descriptor for which this process has no room. It would never be
   * answered, and later answers would be taken for its own; the balancer connects again instead.
   */
  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (!received) {
      LOG.log(Level.WARNING, "the connection of a balancer is closed: a descriptor was lost");
      var _ = context.close();
    }
    received = false;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.log(Level.WARNING, "the connection of a balancer failed: {0}", cause.toString());
    var _ = context.close();
  }

  private @Nullable EpollSocketChannel adopt(FileDescriptor descriptor) {
    try {
      Descriptors.setNonBlocking(descriptor.intValue());
      return new EpollSocketChannel(descriptor.intValue());
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.WARNING, "a handed-over descriptor is of no use: {0}", e.toString());
      admission.leave();
      return null;
    }
  }

  private static void answer(
      ChannelHandlerContext context, char answer, Runnable written, Runnable failed) {
    var _ =
        context
            .writeAndFlush(Unpooled.wrappedBuffer(new byte[] {(byte) answer}))
            .addListener(future -> (future.isSuccess() ? written : failed).run());
  }

  private static void close(FileDescriptor descriptor) {
    try {
      descriptor.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "closing a handed-over descriptor", e);
    }
  }
}
