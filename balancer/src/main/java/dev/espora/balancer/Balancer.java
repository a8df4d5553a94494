package dev.espora.balancer;

import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A running layer-4 balancer: it accepts connections and takes each one to an upstream, by relaying
 * bytes or by handing over the accepted socket.
 *
 * <pre>{@code
 * var options =
 *     BalancerOptions.of(
 *         List.of(Address.parse("127.0.0.1:9999")),
 *         List.of(Upstream.parse("handoff:/run/a.sock"), Upstream.parse("handoff:/run/b.sock")));
 * try (Balancer balancer = Balancer.start(options)) {
 *   …
 *   balancer.drain(Duration.ofSeconds(10));
 * }
 * }</pre>
 *
 * <p>Linux only. All methods may be called by any thread. The threads of a balancer are daemons.
 */
public final class Balancer implements AutoCloseable {
  private final BalancerLimits limits;
  private final MultiThreadIoEventLoopGroup group;
  private final Admission admission;
  private final Upstreams upstreams;
  private final List<Worker> workers = new ArrayList<>();
  private final List<Router> routers = new ArrayList<>();
  private final List<Listener> listeners = new ArrayList<>();
  private final SpareDescriptors spare = new SpareDescriptors();
  private final AtomicBoolean closed = new AtomicBoolean();
  private int nextWorker;

  private Balancer(BalancerOptions options) {
    limits = options.limits();
    admission = new Admission(limits);
    // Handing over is so little work that a second thread would only add a hop.
    boolean onlyHandoff =
        options.upstreams().stream()
            .allMatch(upstream -> upstream.delivery() == Upstream.Delivery.HANDOFF);
    int loops = onlyHandoff ? 1 : options.eventLoops();
    group =
        new MultiThreadIoEventLoopGroup(
            loops, new DefaultThreadFactory("espora-balancer", true), EpollIoHandler.newFactory());
    List<UpstreamState> states = new ArrayList<>();
    for (Upstream upstream : options.upstreams()) {
      states.add(new UpstreamState(states.size(), upstream, group.next(), limits.connectTimeout()));
    }
    upstreams = new Upstreams(states, options.policy());
    for (int i = 0; i < loops; i++) {
      IoEventLoop loop = group.next();
      Worker worker = new Worker(loop, limits, loops);
      workers.add(worker);
      routers.add(new Router(worker, upstreams, limits, spare));
    }
  }

  /**
   * Binds every address and begins to accept.
   *
   * @throws IOException if an address cannot be listened on; the message names it
   * @throws UnsupportedOperationException if this is not Linux with epoll
   */
  public static Balancer start(BalancerOptions options) throws IOException {
    if (!Epoll.isAvailable()) {
      throw new UnsupportedOperationException(
          "the balancer needs Linux with epoll", Epoll.unavailabilityCause());
    }
    Balancer balancer = new Balancer(options);
    try {
      balancer.listen(options.listen());
    } catch (IOException | RuntimeException e) {
      balancer.close();
      throw e;
    }
    return balancer;
  }

  /** Where it listens, in the order of the options, with the ports that were really taken. */
  public List<Address> addresses() {
    return listeners.stream().map(Listener::address).toList();
  }

  public BalancerStatistics statistics() {
    return new BalancerStatistics(
        admission.accepted(),
        admission.active(),
        admission.refused(),
        workers.stream().mapToLong(worker -> worker.heldBytes.sum()).sum(),
        upstreams.states().stream().map(UpstreamState::statistics).toList());
  }

  /**
   * Stops accepting, waits until the connections have ended by themselves, and closes. Connections
   * that were handed over live on in their instances.
   *
   * @param limit how long to wait before the connections that are left are closed
   * @return whether all of them ended by themselves
   * @throws InterruptedException if this thread is interrupted; the balancer is closed then
   */
  public boolean drain(Duration limit) throws InterruptedException {
    try {
      onLoop(workers.getFirst(), this::stopAccepting);
      return admission.awaitNone(limit.toNanos());
    } finally {
      close();
    }
  }

  /** Stops accepting and closes every connection that was not handed over. Idempotent. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    onLoop(workers.getFirst(), this::stopAccepting);
    for (int i = 0; i < workers.size(); i++) {
      onLoop(workers.get(i), routers.get(i)::close);
    }
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    spare.close();
  }

  private void listen(List<Address> addresses) throws IOException {
    Worker first = workers.getFirst();
    for (Address address : addresses) {
      listeners.add(Listener.bind(first, address, this::admit, spare));
    }
    for (Listener listener : listeners) {
      first.loop.execute(listener::start);
      Log.info("balancing " + listener.address() + " over " + upstreams);
    }
  }

  private void stopAccepting() {
    listeners.forEach(Listener::close);
  }

  private void admit(Socket socket, @Nullable InetAddress source) {
    if (!admission.enter(source)) {
      Sockets.close(socket);
      return;
    }
    Client client = new Client(socket, source, admission, limits.queueTimeout().toNanos());
    if (source != null) {
      try {
        socket.setTcpNoDelay(true);
      } catch (IOException e) {
        client.close();
        return;
      }
    }
    nextWorker = (nextWorker + 1) % workers.size();
    Router router = routers.get(nextWorker);
    workers.get(nextWorker).loop.execute(() -> router.route(client));
  }

  /** Runs a task on a worker's loop and waits for it. */
  private static void onLoop(Worker worker, Runnable task) {
    worker.loop.submit(task).awaitUninterruptibly();
  }
}
