package dev.espora.balancer;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** An instance that takes descriptors: it greets with its name, and echoes. */
final class HandoffInstance implements AutoCloseable {

  /** What it does with a descriptor. */
  enum Mode {
    /** Answers 'A' and serves. */
    ACCEPT,
    /** Answers 'R'. */
    REFUSE,
    /** Receives it and keeps silent. */
    SILENT,
    /** Receives nothing, like a stopped process: the descriptor waits in the socket. */
    STOPPED,
    /** Answers 'A' and serves, then ends the connection, as without descriptors for the next. */
    ACCEPT_AND_END,
    /** Answers a byte that the protocol does not know. */
    BABBLE,
    /**
     * Answers what {@link HandoffInstance#script} says, serves if that begins with 'A', and ends
     * the connection if it is nothing.
     */
    SCRIPTED
  }

  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final Set<Channel> connections = ConcurrentHashMap.newKeySet();
  private final List<FileDescriptor> received = new CopyOnWriteArrayList<>();
  private final List<EpollSocketChannel> served = new CopyOnWriteArrayList<>();
  private final String name;
  private final Path path;
  private final Channel server;
  private volatile Mode mode;
  private volatile Supplier<byte[]> script = () -> new byte[0];

  HandoffInstance(String name, Path path, Mode mode) throws Exception {
    this.name = name;
    this.path = path;
    this.mode = mode;
    Files.deleteIfExists(path);
    server =
        new ServerBootstrap()
            .group(group)
            .channel(EpollServerDomainSocketChannel.class)
            .childOption(
                EpollChannelOption.DOMAIN_SOCKET_READ_MODE, DomainSocketReadMode.FILE_DESCRIPTORS)
            .childOption(EpollChannelOption.AUTO_READ, mode != Mode.STOPPED)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    connections.add(channel);
                    channel.pipeline().addLast(new Receiver());
                  }
                })
            .bind(new DomainSocketAddress(path.toString()))
            .sync()
            .channel();
  }

  Upstream upstream() {
    return Upstream.parse("handoff:" + path);
  }

  void mode(Mode next) {
    mode = next;
  }

  /** What it answers to each descriptor from now on: any number of any bytes. */
  void script(Supplier<byte[]> answers) {
    script = answers;
    mode = Mode.SCRIPTED;
  }

  /** Lets a stopped instance go on. */
  void wake() {
    mode = Mode.ACCEPT;
    connections.forEach(channel -> channel.config().setAutoRead(true));
  }

  int received() {
    return received.size();
  }

  List<EpollSocketChannel> served() {
    return served;
  }

  /** Whether it has ended every connection of a balancer. */
  boolean hasEndedAll() {
    return connections.stream().noneMatch(Channel::isOpen);
  }

  int connections() {
    return connections.size();
  }

  /** Ends as a killed process does: what it received and did not answer for was never read. */
  void kill() throws IOException {
    server.close().syncUninterruptibly();
    for (Channel channel : connections) {
      channel.close().syncUninterruptibly();
    }
    for (FileDescriptor fd : received) {
      fd.close();
    }
    Files.deleteIfExists(path);
  }

  @Override
  public void close() throws IOException {
    kill();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private final class Receiver extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
      FileDescriptor fd = (FileDescriptor) message;
      switch (mode) {
        case ACCEPT -> {
          answer(ctx, 'A');
          serve(fd);
        }
        case ACCEPT_AND_END -> {
          if (ctx.channel().isOpen()) {
            answer(ctx, 'A');
            serve(fd);
            var _ = ctx.close();
          } else {
            fd.close();
          }
        }
        case REFUSE -> {
          fd.close();
          answer(ctx, 'R');
        }
        case BABBLE -> {
          received.add(fd);
          answer(ctx, '?');
        }
        case SILENT, STOPPED -> received.add(fd);
        case SCRIPTED -> {
          byte[] answers = script.get();
          if (answers.length > 0 && answers[0] == 'A') {
            serve(fd);
          } else {
            fd.close();
          }
          if (answers.length > 0) {
            answer(ctx, answers);
          } else {
            var _ = ctx.close();
          }
        }
      }
    }

    private void answer(ChannelHandlerContext ctx, char answer) {
      answer(ctx, new byte[] {(byte) answer});
    }

    private void answer(ChannelHandlerContext ctx, byte[] answers) {
      var _ = ctx.writeAndFlush(Unpooled.wrappedBuffer(answers), ctx.voidPromise());
    }

    private void serve(FileDescriptor fd) {
      EpollSocketChannel channel = new EpollSocketChannel(fd.intValue());
      served.add(channel);
      channel
          .pipeline()
          .addLast(
              new ChannelInboundHandlerAdapter() {
                @Override
                public void channelActive(ChannelHandlerContext ctx) {
                  byte[] greeting = (name + "\n").getBytes(StandardCharsets.UTF_8);
                  var _ = ctx.writeAndFlush(Unpooled.wrappedBuffer(greeting), ctx.voidPromise());
                }

                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                  var _ = ctx.writeAndFlush(message, ctx.voidPromise());
                }
              });
      var _ = group.register(channel);
    }
  }
}
