package dev.espora.http;

import dev.espora.http.RequestReader.Incoming;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One client connection: reads requests, has them answered, writes the answers in the order of the
 * requests, and ends when a limit, a deadline, the client or a drain says so.
 *
 * <p>For use by the connection's event loop only. It was let in by {@link Admission} and leaves it
 * when its channel is gone.
 */
final class Connection extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = System.getLogger(Connection.class.getName());

  /** How long a closed connection still takes what the client had under way. */
  private static final long LINGER_NANOS = Duration.ofSeconds(1).toNanos();

  /** How long a drain leaves an idle connection open for a request that is already on its way. */
  private static final long DRAIN_GRACE_NANOS = Duration.ofMillis(100).toNanos();

  private enum Phase {
    /** Takes requests. */
    OPEN,
    /** Takes no further request, still answers. */
    LAST_ANSWERS,
    /**
     * Has answered; what the client still sends is read and forgotten, or it would see a reset.
     * Ends the connection once the answers are written and the client has ended its side.
     */
    LINGERING
  }

  private final Channel channel;
  private final Shard shard;
  private final Service service;
  private final RequestReader reader;
  private final ArrayDeque<Exchange> exchanges = new ArrayDeque<>();
  private final Output output;

  private @Nullable ByteBuf input;
  private Phase phase = Phase.OPEN;
  private boolean reading;
  private boolean inputEnded;
  // A request asked for another protocol and is not answered yet: what follows may be in either.
  private boolean upgradeAsked;
  private boolean paused;
  private long activeNanos = System.nanoTime();
  // Each a value of System.nanoTime(), or 0 while it does not apply.
  private long requestSince;
  private long stalledSince;
  private long lingeringSince;
  private long drainingSince;
  // Bytes that waited for the client at the last look at the deadlines.
  private long waiting;

  Connection(Channel channel, Shard shard, Service service) {
    this.channel = channel;
    this.shard = shard;
    this.service = service;
    this.reader = new RequestReader(service.routes(), service.limits());
    this.output = new Output(channel);
  }

  Shard shard() {
    return shard;
  }

  Service service() {
    return service;
  }

  /** Whether requests are being read right now, so that their answers are flushed afterwards. */
  boolean isReading() {
    return reading;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    shard.opened(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    shard.closed(this);
    service.admission().leave();
    exchanges.clear();
    releaseInput();
    output.release();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    activeNanos = System.nanoTime();
    if (phase == Phase.OPEN && upgradeAsked) {
      phase = Phase.LAST_ANSWERS;
    }
    if (phase != Phase.OPEN) {
      bytes.release();
      return;
    }
    if (input == null) {
      input = bytes;
    } else {
      input.discardReadBytes().writeBytes(bytes);
      bytes.release();
    }
    readRequests();
    // At once: until reading is complete there may be many more reads.
    if (mustPause()) {
      setPaused(true);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    settle();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    stalledSince = 0;
    // Inside a flush of our own, whoever flushes goes on anyway; settling here would nest.
    if (!output.isFlushing()) {
      settle();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      if (lingeringSince != 0) {
        close();
      } else {
        settle();
      }
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.log(Level.ERROR, "a connection failed", cause);
    }
    close();
  }

  private void readRequests() {
    ByteBuf in = input;
    if (in == null) {
      return;
    }
    reading = true;
    boolean began = false;
    try {
      while (mayReadRequest() && in.isReadable()) {
        Incoming incoming = reader.read(in);
        if (incoming == null) {
          began = true;
          if (reader.takeContinue()) {
            answerNow(Response.CONTINUE, false);
          }
          break;
        }
        requestSince = 0;
        dispatch(incoming, in);
      }
    } catch (ProblemException e) {
      phase = Phase.LAST_ANSWERS;
      answerNow(e.problem().toResponse(), reader.asksForHead());
    } finally {
      reading = false;
    }
    if (phase != Phase.OPEN || !in.isReadable()) {
      releaseInput();
    }
    if (!began || phase != Phase.OPEN) {
      requestSince = 0;
    } else if (requestSince == 0) {
      requestSince = System.nanoTime();
    }
  }

  private boolean mayReadRequest() {
    return phase == Phase.OPEN
        && !upgradeAsked
        && exchanges.size() < service.limits().pipelined()
        && channel.isWritable();
  }

  private void dispatch(Incoming incoming, ByteBuf behind) {
    Request request = incoming.request();
    Exchange exchange = new Exchange(this, request, System.nanoTime());
    exchanges.add(exchange);
    if (!request.keepAlive() || shard.isDraining() || (request.upgrade() && behind.isReadable())) {
      phase = Phase.LAST_ANSWERS;
    }
    upgradeAsked = request.upgrade();
    try {
      var _ = incoming.handler().handle(request).whenComplete(exchange);
    } catch (Throwable e) { // Whatever a handler throws must not end the connection.
      exchange.accept(null, e);
    }
  }

  private void answerNow(Response response, boolean asksForHead) {
    exchanges.add(new Exchange(this, response, asksForHead, System.nanoTime()));
    writeAnswered();
  }

  /**
   * Writes, without flushing, the answers whose turn it is, as long as the channel takes them; the
   * others stay as they are. Says whether there were any.
   */
  boolean writeAnswered() {
    boolean wrote = false;
    while (output.writeBody() && channel.isWritable()) {
      Exchange next = exchanges.peek();
      Response response = next == null ? null : next.response();
      if (next == null || response == null) {
        break;
      }
      exchanges.remove();
      wrote = true;
      if (response == Response.CONTINUE) {
        requestSince = System.nanoTime(); // only now has the client a reason to send its body
      }
      if (exchanges.isEmpty() && response != Response.CONTINUE) {
        upgradeAsked = false;
        if (shard.isDraining() && input == null && requestSince == 0) {
          phase = Phase.LAST_ANSWERS;
        }
      }
      writeHead(next, response);
    }
    if (wrote) {
      activeNanos = System.nanoTime();
    }
    return wrote;
  }

  private void writeHead(Exchange exchange, Response response) {
    boolean last = phase != Phase.OPEN && exchanges.isEmpty();
    response.encodeHead(output.head(), exchange.request(), last, shard.date());
    output.beginBody(response.body(exchange.asksForHead()));
  }

  /** Flushes, goes on with requests that had to wait, and ends what is at its end. */
  void settle() {
    do {
      writeAnswered();
      output.flush();
      // Input that is not the beginning of a request had to wait for answers to be written.
      if (input != null && requestSince == 0 && mayReadRequest()) {
        readRequests();
      }
    } while (channel.isWritable() && (output.isGathered() || isAnswering()));
    // Behind whole requests that wait there may be one more, cut short by the client's end.
    if (inputEnded && phase == Phase.OPEN && (input == null || requestSince != 0)) {
      phase = Phase.LAST_ANSWERS;
    }
    if (phase != Phase.OPEN) {
      releaseInput();
      requestSince = 0;
    }
    setPaused(mustPause());
    if (phase == Phase.LAST_ANSWERS && exchanges.isEmpty() && !output.isInBody()) {
      linger();
    }
  }

  /** Whether there is something to write as soon as the channel takes it. */
  private boolean isAnswering() {
    Exchange oldest = exchanges.peek();
    return output.isInBody() || (oldest != null && oldest.response() != null);
  }

  private boolean mustPause() {
    return phase == Phase.OPEN && !mayReadRequest() && !upgradeAsked;
  }

  private void setPaused(boolean pause) {
    if (pause != paused) {
      paused = pause;
      if (!pause && requestSince != 0) {
        // The client could not go on with it.
        requestSince = System.nanoTime();
      }
      channel.config().setAutoRead(!pause);
    }
  }

  private void linger() {
    phase = Phase.LINGERING;
    // An empty write completes once everything before it has reached the socket; a close before
    // that would throw the rest away.
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(written -> {
          lingeringSince = System.nanoTime();
          if (inputEnded || !written.isSuccess()) {
            close();
          } else {
            var _ = ((DuplexChannel) channel).shutdownOutput();
          }
        });
  }

  void checkDeadlines(long now) {
    HttpTimeouts timeouts = service.timeouts();
    if (lingeringSince != 0) {
      if (now - lingeringSince > LINGER_NANOS) {
        close();
      }
      return;
    }
    if (isStalled(now)) {
      close();
      return;
    }
    if (phase == Phase.LINGERING || isAnswering()) {
      return;
    }
    Exchange oldest = exchanges.peek();
    if (oldest != null) {
      if (now - oldest.startedNanos() > timeouts.answer().toNanos()) {
        exchanges.clear();
        phase = Phase.LAST_ANSWERS;
        answerNow(
            Problem.of(503, "no answer in time; the outcome is unknown").toResponse(),
            oldest.asksForHead());
        settle();
      }
    } else if (requestSince != 0) {
      if (!paused && now - requestSince > timeouts.request().toNanos()) {
        phase = Phase.LAST_ANSWERS;
        answerNow(
            Problem.of(408, "the request did not arrive in time").toResponse(),
            reader.asksForHead());
        settle();
      }
    } else if (now - activeNanos > timeouts.idle().toNanos()) {
      close();
    } else if (input == null && drained(now)) {
      // Not closed at once: the last answer may still be on its way to a slow client.
      phase = Phase.LAST_ANSWERS;
      settle();
    }
  }

  /**
   * Whether the client has taken nothing for too long. While little waits for it, it may do so for
   * as long as it may idle.
   */
  private boolean isStalled(long now) {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    long before = waiting;
    waiting = buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
    if (waiting < before) {
      activeNanos = now;
      stalledSince = 0;
    }
    if (waiting == 0 || (phase == Phase.OPEN && channel.isWritable())) {
      stalledSince = 0;
      return false;
    }
    if (stalledSince == 0) {
      stalledSince = now;
    }
    return now - stalledSince > service.timeouts().stall().toNanos();
  }

  private boolean drained(long now) {
    if (shard.isDraining() && drainingSince == 0) {
      drainingSince = now;
    }
    return drainingSince != 0 && now - drainingSince > DRAIN_GRACE_NANOS;
  }

  private void releaseInput() {
    if (input != null) {
      input.release();
      input = null;
    }
  }

  private void close() {
    var _ = channel.close();
  }
}
