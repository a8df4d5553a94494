package dev.espora.http;

import static java.util.concurrent.CompletableFuture.completedStage;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RequestReaderTest {
  private static final Routes ROUTES =
      Routes.builder()
          .add("POST", "/a/{id}", 64, request -> completedStage(Response.empty(204)))
          .build();

  private static final String[] PIECES = {
    "POST /a/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
    "POST /a/%41?b=c&d HTTP/1.1\r\nHost: x:1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y"
        + "\r\nabc\r\n1\r\nd\r\n0\r\nA: b\r\n\r\n",
    "GET /a/1 HTTP/1.0\r\n\r\n",
    "GET /b HTTP/1.1\r\nHOST: x\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
  };

  private static final String POOL = "\r\n\n \t:;,/?%0123afxGPHT1.\0\u000b\u0085\u00ff\u007f";

  /** Damaged requests, cut at random: what comes out never depends on where the bytes were cut. */
  @Test
  void howTheBytesAreCutNeverChangesWhatIsRead() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int run = 0; run < 30_000; run++) {
      byte[] bytes = damaged(random).getBytes(StandardCharsets.ISO_8859_1);
      List<String> whole = read(bytes, bytes.length, random);
      assertThat(read(bytes, 1, random)).as("seed %d run %d", seed, run).isEqualTo(whole);
      assertThat(read(bytes, 7, random)).as("seed %d run %d", seed, run).isEqualTo(whole);
    }
  }

  private static String damaged(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      int at = random.nextInt(text.length());
      char c = POOL.charAt(random.nextInt(POOL.length()));
      switch (random.nextInt(3)) {
        case 0 -> text.setCharAt(at, c);
        case 1 -> text.insert(at, c);
        default -> text.deleteCharAt(at);
      }
    }
    return text.toString();
  }

  /** What is read, one line per request, and the status that ended it, if one did. */
  private static List<String> read(byte[] bytes, int most, Random random) {
    List<String> read = new ArrayList<>();
    RequestReader reader = new RequestReader(ROUTES, HttpLimits.DEFAULTS);
    ByteBuf in = Unpooled.buffer();
    try {
      for (int at = 0; at < bytes.length; ) {
        int n = Math.min(bytes.length - at, most == 1 ? 1 : random.nextInt(1, most + 1));
        n = most == bytes.length ? most : n;
        in.discardReadBytes().writeBytes(bytes, at, n);
        at += n;
        for (var next = reader.read(in); next != null; next = reader.read(in)) {
          Request request = next.request();
          read.add(
              request.method()
                  + request.path()
                  + request.headers("host")
                  + new String(request.body(), StandardCharsets.ISO_8859_1));
        }
      }
    } catch (ProblemException e) {
      read.add("status " + e.problem().status());
    }
    return read;
  }
}
