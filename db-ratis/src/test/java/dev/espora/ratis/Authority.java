package dev.espora.ratis;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Issues certificates for the time of a test. */
record Authority(X509Bundle root, Instant now) {

  static Authority create(String name) throws Exception {
    return new Authority(
        new CertificateBuilder()
            .ecp256()
            .subject("CN=" + name)
            .setIsCertificateAuthority(true)
            .buildSelfSigned(),
        Instant.now());
  }

  /** Of a node on the loopback interface, for today and tomorrow. */
  CertificateBuilder node() {
    return today().addSanIpAddress("127.0.0.1");
  }

  /** Of a node on another machine. */
  CertificateBuilder nodeAt(String host) {
    return today().addSanDnsName(host);
  }

  private CertificateBuilder today() {
    return new CertificateBuilder()
        .ecp256()
        .subject("CN=node")
        .notBefore(now.minus(Duration.ofDays(1)))
        .notAfter(now.plus(Duration.ofDays(1)));
  }

  CertificateBuilder expired() {
    return node().notBefore(now.minus(Duration.ofDays(9))).notAfter(now.minusSeconds(3600));
  }

  CertificateBuilder early() {
    return node().notBefore(now.plus(Duration.ofDays(1))).notAfter(now.plus(Duration.ofDays(9)));
  }

  Certificates issue(CertificateBuilder certificate, Authority trusted) throws Exception {
    X509Bundle issued = certificate.buildIssuedBy(root);
    return new Certificates(
        issued.getCertificatePathList(),
        issued.getKeyPair().getPrivate(),
        List.of(trusted.root.getCertificate()));
  }

  /** Writes the three files of a node. */
  NodeConfig.Tls files(Path directory, CertificateBuilder certificate, Authority trusted)
      throws Exception {
    X509Bundle issued = certificate.buildIssuedBy(root);
    Files.createDirectories(directory);
    return new NodeConfig.Tls(
        Files.writeString(directory.resolve("node.pem"), issued.getCertificatePathPEM()),
        Files.writeString(directory.resolve("node.key"), issued.getPrivateKeyPEM()),
        Files.writeString(directory.resolve("trust.pem"), trusted.root.getCertificatePEM()));
  }
}
