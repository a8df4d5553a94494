package dev.espora.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.pkitesting.CertificateBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wrong files are named at the start, and nothing is created. */
class CertificatesTest {
  @TempDir Path directory;
  private Authority authority;
  private NodeConfig.Tls tls;

  @BeforeEach
  void issue() throws Exception {
    authority = Authority.create("nodes");
    tls = authority.files(directory, authority.node(), authority);
  }

  @Test
  void keysOfAllUsualKindsAreRead() throws Exception {
    for (CertificateBuilder.Algorithm each :
        List.of(
            CertificateBuilder.Algorithm.ecp384,
            CertificateBuilder.Algorithm.rsa2048,
            CertificateBuilder.Algorithm.ed25519)) {
      NodeConfig.Tls files =
          authority.files(
              directory.resolve(each.name()), authority.node().algorithm(each), authority);
      assertThat(Certificates.read(files).chain()).hasSize(1);
    }
  }

  @Test
  void keysThatCannotBeUsedAreNamed() throws Exception {
    String key = Files.readString(tls.key());
    wrongKey(key.replace("BEGIN PRIVATE", "BEGIN ENCRYPTED PRIVATE"), "holds no private key");
    wrongKey(key.replace("PRIVATE", "ENCRYPTED PRIVATE"), "is encrypted");
    wrongKey(
        """
        -----BEGIN RSA PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: AES-128-CBC,6EA1B0B0C8B5F3C5F3B4B8C9A0D1E2F3

        AAAA
        -----END RSA PRIVATE KEY-----
        """,
        "is encrypted");
    wrongKey(key.replace("PRIVATE", "EC PRIVATE"), "is no PKCS 8 but EC PRIVATE KEY");
    wrongKey("garbage", "holds no private key");
    wrongKey("", "holds no private key");
    wrongKey(key.substring(0, key.length() / 2), "holds no private key");
    wrongKey(
        key.replaceFirst("KEY-----\\RM", "KEY-----\n!"), "holds a private key that is garbled");
    wrongKey(
        key.replaceFirst("KEY-----\\RM", "KEY-----\nA"), "is not the EC key of the certificate");
    Authority other = Authority.create("other");
    NodeConfig.Tls others = other.files(directory.resolve("other"), other.node(), other);
    wrongKey(Files.readString(others.key()), "is not the key of the certificate");
    NodeConfig.Tls rsa = other.files(directory.resolve("rsa"), other.node().rsa2048(), other);
    wrongKey(Files.readString(rsa.key()), "is not the EC key of the certificate");
    Files.delete(tls.key());
    wrong("tls.key: " + tls.key() + " does not exist");
  }

  private void wrongKey(String text, String problem) throws IOException {
    Files.writeString(tls.key(), text);
    wrong("tls.key: " + tls.key() + " " + problem);
  }

  @Test
  void certificatesThatCannotBeUsedAreNamed() throws Exception {
    String good = Files.readString(tls.trust());
    for (String garbage :
        List.of("garbage", good.replace("MI", "!!"), good.replaceFirst("MI", "AA"))) {
      Files.writeString(tls.trust(), garbage);
      wrong("tls.trust: " + tls.trust() + " holds what is no certificate in PEM form");
    }
    Files.writeString(tls.trust(), "");
    wrong("tls.trust: " + tls.trust() + " holds no certificate in PEM form");
    Files.delete(tls.trust());
    wrong("tls.trust: " + tls.trust() + " does not exist");
    authority.files(directory, authority.expired(), authority);
    wrong("tls.certificate: " + tls.certificate() + " expired at ");
    authority.files(directory, authority.early(), authority);
    wrong("tls.certificate: " + tls.certificate() + " is not valid before ");
    Files.delete(tls.certificate());
    wrong("tls.certificate: " + tls.certificate() + " does not exist");
  }

  /** Both where the configuration is read, and where a node is started with it. */
  private void wrong(String problem) throws IOException {
    Path data = directory.resolve("data");
    NodeConfig config = new Cluster(directory, 1).config(1).withTls(tls);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RatisNode.start(config).close())
        .withMessageContaining(problem);
    Path file = directory.resolve("node.properties");
    Files.write(
        file,
        List.of(
            "node=n1",
            "peers=n1=127.0.0.1:7101",
            "data=data",
            "tls.certificate=node.pem",
            "tls.key=node.key",
            "tls.trust=trust.pem"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NodeConfig.read(file))
        .withMessageContaining(file + ": " + problem);
    assertThat(data).doesNotExist();
    assertThat(config.data()).doesNotExist();
  }
}
