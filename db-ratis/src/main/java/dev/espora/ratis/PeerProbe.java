package dev.espora.ratis;

import dev.espora.db.DatabaseException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Tries to reach the other nodes, once, to say why there is no majority: Ratis tries again and
 * again, and tells nobody what came of it.
 */
final class PeerProbe {
  private static final int WAIT_MILLIS = 2000;

  private final NodeConfig config;

  PeerProbe(NodeConfig config) {
    this.config = config;
  }

  /** Says more about having found no majority. */
  DatabaseException.Busy explain(DatabaseException.Busy failure) {
    String report = report();
    return report.isEmpty()
        ? failure
        : new DatabaseException.Busy(failure.getMessage() + "; of the others, " + report);
  }

  /** What became of each of the others, in a line; it takes two seconds at most for each step. */
  String report() {
    Optional<SSLSocketFactory> tls = config.tls().map(PeerProbe::sockets);
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<String>> questions =
          config.peers().entrySet().stream()
              .filter(peer -> !peer.getKey().equals(config.node()))
              .map(peer -> question(peer, tls))
              .toList();
      return executor.invokeAll(questions).stream()
          .map(Future::resultNow)
          .collect(Collectors.joining("; "));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted while asking the other nodes";
    }
  }

  private static SSLSocketFactory sockets(NodeConfig.Tls tls) {
    try {
      return Certificates.read(tls).context().getSocketFactory();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException("TLS cannot be used: " + e, e);
    }
  }

  private static Callable<String> question(
      Map.Entry<String, String> peer, Optional<SSLSocketFactory> tls) {
    return () ->
        peer.getKey() + " at " + peer.getValue() + " " + probe(peer.getValue(), tls.orElse(null));
  }

  private static String probe(String address, @Nullable SSLSocketFactory tls) {
    String host = address.substring(0, address.lastIndexOf(':'));
    try (Socket socket = new Socket()) {
      socket.connect(NodeConfig.socketAddress(address), WAIT_MILLIS);
      socket.setSoTimeout(WAIT_MILLIS);
      return tls == null ? listen(socket) : greet(socket, host, tls);
    } catch (UnknownHostException e) {
      return "has a host name that is unknown here";
    } catch (ConnectException e) {
      return "cannot be reached: " + e.getMessage();
    } catch (SocketTimeoutException e) {
      return "does not answer" + (tls == null ? ", or expects TLS" : "");
    } catch (IOException e) {
      return "cannot be reached: " + e;
    }
  }

  private static String greet(Socket plain, String host, SSLSocketFactory tls) throws IOException {
    try (SSLSocket socket = (SSLSocket) tls.createSocket(plain, host, plain.getPort(), true)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      parameters.setApplicationProtocols(new String[] {"h2"});
      parameters.setProtocols(new String[] {Certificates.PROTOCOL});
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return listen(socket); // what the other side thinks of our certificate comes later
    } catch (SSLException e) {
      return reason(e);
    } catch (SocketException e) { // before what it said could be read
      return "hangs up: it may not trust the certificate of this node";
    }
  }

  /** A node speaks first. */
  private static String listen(Socket socket) throws IOException {
    return socket.getInputStream().read() < 0 ? "hangs up" : "answers";
  }

  private static String reason(SSLException failure) {
    String message = String.valueOf(failure.getMessage());
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof CertificateExpiredException) {
        return "has a certificate that is expired: " + each.getMessage();
      }
      if (each instanceof CertificateNotYetValidException) {
        return "has a certificate that is not valid yet: " + each.getMessage();
      }
      if (each instanceof CertPathBuilderException) {
        return "has a certificate that comes from none of the authorities in tls.trust";
      }
    }
    if (message.contains("certificate_required")) {
      return "has been shown no certificate from an authority that it trusts";
    }
    if (message.contains("protocol_version")) {
      return "does not speak TLS 1.3";
    }
    if (message.contains("fatal alert")) {
      return "refuses the certificate of this node (" + message + ")";
    }
    if (message.contains("Unsupported or unrecognized")) {
      return "does not speak TLS";
    }
    return "has a certificate that is refused: " + message;
  }
}
