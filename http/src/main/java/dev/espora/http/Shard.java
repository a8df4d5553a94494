package dev.espora.http;

import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What the connections of one event loop share: the queue of answers that other threads completed,
 * the look at the deadlines, the date.
 *
 * <p>A group commit completes tens of answers within microseconds. The first one wakes the event
 * loop, which takes all that are there, writes them, and then flushes each connection once.
 */
final class Shard {
  private final EventLoop loop;
  private final HttpTimeouts timeouts;
  private final Queue<Exchange> completed = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean wakeUpDue = new AtomicBoolean();
  private final Set<Connection> connections = new HashSet<>();
  private final ArrayDeque<Connection> unflushed = new ArrayDeque<>();
  private final Runnable drainCompleted = this::drainCompleted;
  private byte[] date = {};
  private @Nullable Future<?> nextTick;
  private boolean draining;

  Shard(EventLoop loop, HttpTimeouts timeouts) {
    this.loop = loop;
    this.timeouts = timeouts;
  }

  void start() {
    loop.execute(this::tick);
  }

  /** Called by any thread: the exchange has its answer. */
  void completed(Exchange exchange) {
    if (loop.inEventLoop() && exchange.connection().isReading()) {
      exchange.connection().writeAnswered();
      return;
    }
    completed.add(exchange);
    if (wakeUpDue.compareAndSet(false, true)) {
      loop.execute(drainCompleted);
    }
  }

  private void drainCompleted() {
    // Cleared first: what is added from here on schedules the next run.
    wakeUpDue.set(false);
    for (Exchange next = completed.poll(); next != null; next = completed.poll()) {
      Connection connection = next.connection();
      if (connection.writeAnswered()) {
        unflushed.add(connection);
      }
    }
    for (Connection next = unflushed.poll(); next != null; next = unflushed.poll()) {
      next.settle();
    }
  }

  void opened(Connection connection) {
    connections.add(connection);
  }

  void closed(Connection connection) {
    connections.remove(connection);
  }

  boolean isDraining() {
    return draining;
  }

  /** The {@code Date} header line of about now. */
  byte[] date() {
    return date;
  }

  /** Lets no request begin any more. */
  void drain() {
    loop.execute(() -> {
      draining = true;
      if (nextTick != null) {
        nextTick.cancel(false);
      }
      tick();
    });
  }

  private void tick() {
    long now = System.nanoTime();
    date =
        ("Date: "
                + DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC))
                + "\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    // A copy, since a connection that is closed removes itself.
    List<Connection> all = new ArrayList<>(connections);
    try {
      for (Connection connection : all) {
        connection.checkDeadlines(now);
      }
    } finally {
      if (!loop.isShuttingDown()) {
        long wait = draining ? Math.min(timeouts.tickMillis(), 20) : timeouts.tickMillis();
        nextTick = loop.schedule(this::tick, wait, TimeUnit.MILLISECONDS);
      }
    }
  }
}
