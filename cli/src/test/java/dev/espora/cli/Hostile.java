package dev.espora.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * What a client may do that nobody wishes for. None of them ever sends a whole request that would
 * have an effect.
 */
enum Hostile {
  /** Connects and goes. */
  HASTY {
    @Override
    void attack(Socket socket, Random random) {}
  },
  /** Sends a part of a request, and then its end. */
  HALF_CLOSED {
    @Override
    void attack(Socket socket, Random random) throws IOException {
      send(socket, part(random));
      socket.shutdownOutput();
      socket.getInputStream().readAllBytes();
    }
  },
  /** Sends a part of a request, and resets the connection. */
  RESETTING {
    @Override
    void attack(Socket socket, Random random) throws IOException {
      send(socket, part(random));
      socket.setSoLinger(true, 0);
    }
  },
  /** Asks for answers, ends its side, and resets the connection while they come. */
  RESETTING_AFTER_ITS_END {
    @Override
    void attack(Socket socket, Random random) throws IOException {
      send(socket, STATEMENT.repeat(50));
      socket.shutdownOutput();
      socket.getInputStream().readNBytes(random.nextInt(2000));
      socket.setSoLinger(true, 0);
    }
  },
  /** Goes without reading what it asked for. */
  FORGETFUL {
    @Override
    void attack(Socket socket, Random random) throws IOException {
      send(socket, STATEMENT.repeat(50));
    }
  },
  /** Sends any bytes. */
  SENSELESS {
    @Override
    void attack(Socket socket, Random random) throws IOException {
      byte[] bytes = new byte[random.nextInt(1, 20_000)];
      random.nextBytes(bytes);
      socket.getOutputStream().write(bytes);
      socket.shutdownOutput();
      socket.getInputStream().readAllBytes();
    }
  };

  static final String STATEMENT = "GET /clientes/1/extrato HTTP/1.1\r\nHost: x\r\n\r\n";

  private static final String[] REQUESTS = {
    RequestText.request("{post}{end}"), RequestText.request("{post}{chunked}\r\n{chunks}")
  };

  /** Does it on a connection that is closed afterwards; the server may end it at any time. */
  abstract void attack(Socket socket, Random random) throws IOException;

  static Socket connect(int port) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(30_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 30_000);
    return socket;
  }

  /** A beginning of a request, at least its last byte short. */
  static String part(Random random) {
    String whole = REQUESTS[random.nextInt(REQUESTS.length)];
    return whole.substring(0, random.nextInt(whole.length()));
  }

  static void send(Socket socket, String bytes) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }
}
