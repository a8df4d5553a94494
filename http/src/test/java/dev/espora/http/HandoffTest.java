package dev.espora.http;

import static java.util.concurrent.CompletableFuture.completedStage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections that another process accepted, with the balancer's side played by the test. */
class HandoffTest {
  private final BlockingQueue<CompletableFuture<Response>> pending = new LinkedBlockingQueue<>();
  private final Routes routes =
      Routes.builder()
          .get("/hello", request -> completedStage(Response.text(200, "hello")))
          .get(
              "/later",
              request -> {
                CompletableFuture<Response> answer = new CompletableFuture<>();
                pending.add(answer);
                return answer;
              })
          .build();
  private final BlockingQueue<EpollSocketChannel> accepted = new LinkedBlockingQueue<>();

  @TempDir Path directory;
  private EventLoopGroup group;
  private EpollServerSocketChannel front;

  @BeforeEach
  void listen() {
    assumeTrue(Epoll.isAvailable(), "descriptors are handed over on Linux only");
    group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    front = new EpollServerSocketChannel();
    front
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext context, Object message) {
                accepted.add((EpollSocketChannel) message);
              }
            });
    group.register(front).syncUninterruptibly();
    front.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).syncUninterruptibly();
  }

  @AfterEach
  void stop() {
    if (group != null) {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  /** The balancer's connection to one instance. */
  private final class Control implements AutoCloseable {
    private final BlockingQueue<Character> answers = new LinkedBlockingQueue<>();
    private final Channel channel;

    Control(Path socket) {
      channel =
          new Bootstrap()
              .group(group)
              .channel(EpollDomainSocketChannel.class)
              .handler(
                  new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext context, Object message) {
                      ByteBuf bytes = (ByteBuf) message;
                      while (bytes.isReadable()) {
                        answers.add((char) bytes.readByte());
                      }
                      bytes.release();
                    }
                  })
              .connect(new DomainSocketAddress(socket.toString()))
              .syncUninterruptibly()
              .channel();
    }

    char handOver(EpollSocketChannel client) throws InterruptedException {
      channel.writeAndFlush(client.fd()).syncUninterruptibly();
      Character answer = answers.poll(10, TimeUnit.SECONDS);
      assertThat(answer).isNotNull();
      return answer;
    }

    @Override
    public void close() {
      channel.close().syncUninterruptibly();
    }
  }

  @Test
  void aHandedOverConnectionIsServedLikeAnAcceptedOne() throws Exception {
    Path socket = directory.resolve("s");
    try (HttpServer server = start(socket, HttpLimits.DEFAULTS);
        Control control = new Control(socket)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
          .isEqualTo("rw-------");
      for (int i = 0; i < 3; i++) {
        try (RawClient client = connect()) {
          // Sent before the connection is handed over: nothing may be lost.
          client.send(RawClient.GOOD);
          EpollSocketChannel taken = accepted.take();
          assertThat(control.handOver(taken)).isEqualTo('A');
          taken.fd().close();

          assertThat(client.read().body()).isEqualTo("hello");
          assertThat(client.ask(RawClient.GOOD).body()).isEqualTo("hello");
          assertThat(client.ask("bad\r\n\r\n").status()).isEqualTo(400);
          assertThat(client.ended()).isTrue();
        }
      }
      await().until(() -> server.connections() == 0);
    }
    assertThat(socket).doesNotExist();
  }

  @Test
  void aRefusedConnectionIsUnharmedAndCanGoElsewhere() throws Exception {
    Path full = directory.resolve("full");
    Path spare = directory.resolve("spare");
    try (HttpServer first = start(full, HttpLimits.DEFAULTS.withConnections(1));
        HttpServer second = start(spare, HttpLimits.DEFAULTS);
        Control toFirst = new Control(full);
        Control toSecond = new Control(spare);
        RawClient one = connect();
        RawClient two = connect()) {
      EpollSocketChannel oneTaken = accepted.take();
      assertThat(toFirst.handOver(oneTaken)).isEqualTo('A');
      oneTaken.fd().close();
      EpollSocketChannel twoTaken = accepted.take();
      assertThat(toFirst.handOver(twoTaken)).isEqualTo('R');
      assertThat(toSecond.handOver(twoTaken)).isEqualTo('A');
      twoTaken.fd().close();

      assertThat(one.ask(RawClient.GOOD).body()).isEqualTo("hello");
      assertThat(two.ask(RawClient.GOOD).body()).isEqualTo("hello");
      assertThat(first.connections()).isEqualTo(1);
      assertThat(second.connections()).isEqualTo(1);
    }
  }

  @Test
  void bytesWithoutADescriptorHarmNobody() throws Exception {
    Path socket = directory.resolve("s");
    try (HttpServer server = start(socket, HttpLimits.DEFAULTS)) {
      try (SocketChannel stranger = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
        stranger.write(ByteBuffer.wrap(RawClient.GOOD.getBytes(StandardCharsets.US_ASCII)));
      }
      try (Control control = new Control(socket);
          RawClient client = connect()) {
        EpollSocketChannel taken = accepted.take();
        assertThat(control.handOver(taken)).isEqualTo('A');
        taken.fd().close();
        assertThat(client.ask(RawClient.GOOD).body()).isEqualTo("hello");
        assertThat(server.connections()).isEqualTo(1);
      }
    }
  }

  /** The kernel drops descriptors for which there is no room, and leaves the byte. */
  @Test
  void aConnectionThatLostADescriptorIsClosed() throws Exception {
    Path socket = directory.resolve("s");
    try (HttpServer server = start(socket, HttpLimits.DEFAULTS);
        Control control = new Control(socket);
        RawClient client = connect()) {
      EpollSocketChannel taken = accepted.take();
      assertThat(control.handOver(taken)).isEqualTo('A');
      taken.fd().close();
      ByteBuf lost = Unpooled.wrappedBuffer(new byte[] {0});
      control.channel.writeAndFlush(lost).syncUninterruptibly();

      assertThat(control.channel.closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(client.ask(RawClient.GOOD).body()).isEqualTo("hello");
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void aReadWithoutADescriptorEndsTheConnectionAndOneWithADescriptorDoesNot() {
    EmbeddedChannel channel =
        new EmbeddedChannel(new HandoffReceiver(new Admission(0), client -> {}));
    FileDescriptor unusable = new FileDescriptor(Integer.MAX_VALUE);
    for (int i = 0; i < 2; i++) {
      channel.pipeline().fireChannelRead(unusable).fireChannelReadComplete();
      assertThat(channel.isOpen()).isTrue();
    }
    channel.pipeline().fireChannelReadComplete();
    assertThat(channel.isOpen()).isFalse();
    channel.finishAndReleaseAll();
  }

  @Test
  void aDrainingInstanceRefusesAndStillAnswersWhatItTook() throws Exception {
    Path socket = directory.resolve("s");
    HttpServer server = start(socket, HttpLimits.DEFAULTS);
    try (Control control = new Control(socket);
        RawClient early = connect();
        RawClient late = connect()) {
      EpollSocketChannel taken = accepted.take();
      assertThat(control.handOver(taken)).isEqualTo('A');
      taken.fd().close();
      early.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
      CompletableFuture<Response> answer = pending.take();
      CompletableFuture<Boolean> drained =
          CompletableFuture.supplyAsync(() -> server.drain(Duration.ofSeconds(10)));
      await().until(() -> !Files.exists(socket));

      EpollSocketChannel lateTaken = accepted.take();
      await().until(() -> control.handOver(lateTaken) == 'R');
      lateTaken.fd().close();
      assertThat(late.ended()).isTrue();
      answer.complete(Response.text(200, "done"));
      assertThat(early.read().body()).isEqualTo("done");
      assertThat(drained.get(10, TimeUnit.SECONDS)).isTrue();
    } finally {
      server.close();
    }
  }

  private HttpServer start(Path socket, HttpLimits limits) throws IOException {
    return HttpServer.builder(routes).listen("handoff:" + socket).limits(limits).start();
  }

  private RawClient connect() throws IOException {
    return new RawClient(
        new Socket(InetAddress.getLoopbackAddress(), front.localAddress().getPort()));
  }
}
