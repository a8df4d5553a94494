package dev.espora.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A running HTTP/1.1 server. Safe for use by any thread that is not one of its event loops.
 *
 * {@snippet :
 * Routes routes =
 *     Routes.builder()
 *         .get("/hello/{name}", request -> completedStage(Response.text(200, "hello")))
 *         .build();
 * try (HttpServer server = HttpServer.builder(routes).listen("127.0.0.1:0").start()) {
 *   System.out.println(server.addresses());
 * }
 * }
 */
public final class HttpServer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(HttpServer.class.getName());

  /** How long {@link #close} waits for requests in flight. */
  public static final Duration CLOSE_WAIT = Duration.ofSeconds(10);

  /** What the kernel takes of a client before anybody reads it. */
  private static final int RECEIVE_BYTES = 64 << 10;

  /**
   * What the kernel takes for a client beyond what is on its way to it. It takes more once half of
   * that has gone, which for a slow client has to be sooner than a stall is found.
   */
  private static final long UNSENT_BYTES = 16 << 10;

  private final Service service;
  private final Transport transport = Transport.best();
  private final EventLoopGroup group;
  private final IdentityHashMap<EventLoop, Shard> shards = new IdentityHashMap<>();
  private final List<Channel> listeners = new ArrayList<>();
  private final List<UnixSocketFile> files = new ArrayList<>();
  private final List<ListenAddress> addresses = new ArrayList<>();
  private final AtomicBoolean stopping = new AtomicBoolean();

  private HttpServer(Builder builder) {
    service =
        new Service(
            builder.routes,
            builder.limits,
            builder.timeouts,
            new Admission(builder.limits.connections()));
    group = transport.group(builder.eventLoops);
    for (EventExecutor executor : group) {
      EventLoop loop = (EventLoop) executor;
      Shard shard = new Shard(loop, builder.timeouts);
      shards.put(loop, shard);
      shard.start();
    }
  }

  public static Builder builder(Routes routes) {
    return new Builder(routes);
  }

  /** How to start a server; for use by one thread. */
  public static final class Builder {
    private final Routes routes;
    private final List<ListenAddress> addresses = new ArrayList<>();
    private HttpLimits limits = HttpLimits.DEFAULTS;
    private HttpTimeouts timeouts = HttpTimeouts.DEFAULTS;
    private int eventLoops = Math.min(4, Runtime.getRuntime().availableProcessors());

    private Builder(Routes routes) {
      this.routes = routes;
    }

    /** Adds an address; there may be several. */
    public Builder listen(ListenAddress address) {
      addresses.add(address);
      return this;
    }

    /** Adds an address as {@link ListenAddress#parse} reads it. */
    public Builder listen(String address) {
      return listen(ListenAddress.parse(address));
    }

    public Builder limits(HttpLimits limits) {
      this.limits = limits;
      return this;
    }

    public Builder timeouts(HttpTimeouts timeouts) {
      this.timeouts = timeouts;
      return this;
    }

    /** Threads that serve connections; as many as there are processors, at most 4, by default. */
    public Builder eventLoops(int eventLoops) {
      if (eventLoops < 1) {
        throw new IllegalArgumentException("eventLoops is " + eventLoops + ", not at least 1");
      }
      this.eventLoops = eventLoops;
      return this;
    }

    /**
     * Binds all addresses; if one fails, none stays bound.
     *
     * @throws IOException naming the address that could not be bound
     */
    public HttpServer start() throws IOException {
      HttpServer server = new HttpServer(this);
      try {
        for (ListenAddress address : addresses) {
          server.listen(address);
        }
      } catch (IOException | RuntimeException e) {
        server.drain(Duration.ZERO);
        throw e;
      }
      return server;
    }
  }

  /** The addresses that are listened on, port 0 replaced by the port that was taken. */
  public List<ListenAddress> addresses() {
    return List.copyOf(addresses);
  }

  /** Connections that are open now. */
  public int connections() {
    return service.admission().open();
  }

  /** {@link #drain} for {@link #CLOSE_WAIT}. */
  @Override
  public void close() {
    drain(CLOSE_WAIT);
  }

  /**
   * Stops: accepts nothing more, answers the requests in flight, says {@code Connection: close},
   * closes idle connections, and after {@code limit} the others too. Returns when everything is
   * closed; a second call returns at once.
   *
   * @return whether all connections ended by themselves
   */
  public boolean drain(Duration limit) {
    if (stopping.getAndSet(true)) {
      return true;
    }
    closeListeners();
    var emptied = service.admission().close();
    for (Shard shard : shards.values()) {
      shard.drain();
    }
    boolean drained = false;
    try {
      emptied.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      drained = true;
    } catch (TimeoutException _) {
      LOG.log(Level.WARNING, "{0} connections did not end within {1}", connections(), limit);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    return drained;
  }

  private void closeListeners() {
    for (UnixSocketFile file : files) {
      try {
        file.remove();
      } catch (IOException e) {
        LOG.log(Level.WARNING, "a socket file was left behind: {0}", e.toString());
      }
    }
    for (Channel listener : listeners) {
      listener.close().awaitUninterruptibly();
    }
  }

  private void listen(ListenAddress address) throws IOException {
    switch (address) {
      case ListenAddress.Tcp tcp -> {
        ServerBootstrap bootstrap =
            clientBootstrap()
                .channel(transport.tcp())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true);
        InetSocketAddress asked = new InetSocketAddress(tcp.host(), tcp.port());
        if (asked.isUnresolved()) {
          throw new IOException("cannot listen on " + address + ": the host is unknown");
        }
        Channel listener = bind(bootstrap, asked, address);
        InetSocketAddress local = (InetSocketAddress) listener.localAddress();
        addresses.add(new ListenAddress.Tcp(tcp.host(), local.getPort()));
      }
      case ListenAddress.Unix unix -> {
        bindFile(clientBootstrap().channel(transport.unix()), unix.path(), address);
      }
      case ListenAddress.Handoff handoff -> {
        if (transport != Transport.EPOLL) {
          throw new IOException(address + ": connections can be handed over on Linux only");
        }
        bindFile(handoffBootstrap(), handoff.path(), address);
      }
    }
  }

  private ServerBootstrap clientBootstrap() {
    return new ServerBootstrap()
        .group(group)
        .option(ChannelOption.SO_BACKLOG, 4096)
        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, waterMark())
        .childHandler(
            initializer(channel -> {
              if (service.admission().tryEnter()) {
                serve(channel);
              } else {
                refuse(channel);
              }
            }));
  }

  private ServerBootstrap handoffBootstrap() {
    return new ServerBootstrap()
        .group(group)
        .channel(transport.unix())
        .childOption(
            EpollChannelOption.DOMAIN_SOCKET_READ_MODE, DomainSocketReadMode.FILE_DESCRIPTORS)
        .childOption(
            ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(1).maxMessagesPerRead(1))
        .childHandler(
            initializer(balancer ->
                balancer
                    .pipeline()
                    .addLast(new HandoffReceiver(service.admission(), this::takeOver))));
  }

  /** Registers a connection that a balancer accepted, with the options of one accepted here. */
  private void takeOver(Channel client) {
    client.config().setOption(ChannelOption.TCP_NODELAY, true);
    client.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    client.config().setWriteBufferWaterMark(waterMark());
    client.pipeline().addLast(initializer(this::serve));
    group
        .register(client)
        .addListener(registered -> {
          if (!registered.isSuccess()) {
            service.admission().leave();
            LOG.log(Level.WARNING, "a handed-over connection was lost", registered.cause());
          }
        });
  }

  private void serve(Channel channel) {
    // When the client has ended its side, all that the kernel holds is read, even while reading is
    // paused; by itself the kernel would let that grow to megabytes.
    channel.config().setOption(ChannelOption.SO_RCVBUF, RECEIVE_BYTES);
    // The kernel would take up megabytes for a slow client, and then nothing until a third is gone.
    channel.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, UNSENT_BYTES);
    Shard shard = shards.get(channel.eventLoop());
    if (shard == null) {
      throw new IllegalStateException("a channel of another group");
    }
    channel.pipeline().addLast(new Connection(channel, shard, service));
  }

  private static void refuse(Channel channel) {
    ByteBuf out = channel.alloc().buffer();
    Response refusal = Problem.of(503, "too many connections").toResponse();
    refusal.encodeHead(out, null, true, new byte[0]);
    out.writeBytes(refusal.body());
    var _ = channel.writeAndFlush(out).addListener(ChannelFutureListener.CLOSE);
  }

  private WriteBufferWaterMark waterMark() {
    int high = service.limits().outboundBytes();
    return new WriteBufferWaterMark(high / 4, high);
  }

  private void bindFile(ServerBootstrap bootstrap, Path path, ListenAddress address)
      throws IOException {
    UnixSocketFile file = UnixSocketFile.claim(path);
    files.add(file);
    bind(bootstrap, transport.unixAddress(file.bindPath()), address);
    file.publish();
    addresses.add(address);
  }

  private Channel bind(ServerBootstrap bootstrap, SocketAddress local, ListenAddress address)
      throws IOException {
    ChannelFuture bound = bootstrap.bind(local).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      Throwable cause = bound.cause();
      throw new IOException("cannot listen on " + address + ": " + cause.getMessage(), cause);
    }
    listeners.add(bound.channel());
    return bound.channel();
  }

  private static ChannelHandler initializer(Consumer<Channel> action) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        action.accept(channel);
      }
    };
  }
}
