package dev.espora.ratis;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.security.TlsConf.CertificatesConf;
import org.apache.ratis.security.TlsConf.PrivateKeyConf;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslProvider;

/**
 * Mutual TLS 1.3: both sides of every connection show a certificate.
 *
 * @param chain this node's certificate first
 * @param trusted the authorities that those of the others have to come from
 */
record Certificates(List<X509Certificate> chain, PrivateKey key, List<X509Certificate> trusted) {
  static final String PROTOCOL = "TLSv1.3";

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

  /**
   * Reads the files.
   *
   * @throws IllegalArgumentException if they are not what they have to be; the message names the
   *     line of the configuration, the file and the reason
   */
  static Certificates read(NodeConfig.Tls tls) {
    List<X509Certificate> chain = certificates("tls.certificate", tls.certificate());
    X509Certificate own = chain.getFirst();
    checkTime(own, "tls.certificate: " + tls.certificate());
    PrivateKey key = key("tls.key: " + tls.key(), tls.key(), own.getPublicKey());
    return new Certificates(chain, key, certificates("tls.trust", tls.trust()));
  }

  private static IllegalArgumentException wrong(String problem) {
    return new IllegalArgumentException(problem);
  }

  // --- reading

  private static List<X509Certificate> certificates(String line, Path file) {
    String name = line + ": " + file;
    List<X509Certificate> found = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file)) {
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        found.add((X509Certificate) each);
      }
    } catch (CertificateException e) {
      throw wrong(name + " holds what is no certificate in PEM form: " + e.getMessage());
    } catch (IOException e) {
      throw unreadable(name, e);
    }
    if (found.isEmpty()) {
      throw wrong(name + " holds no certificate in PEM form");
    }
    return List.copyOf(found);
  }

  private static IllegalArgumentException unreadable(String name, IOException e) {
    return wrong(
        name + (e instanceof NoSuchFileException ? " does not exist" : " cannot be read: " + e));
  }

  /** Others would refuse it, and this node would wait for them in vain. */
  private static void checkTime(X509Certificate certificate, String name) {
    try {
      certificate.checkValidity();
    } catch (CertificateExpiredException e) {
      throw wrong(name + " expired at " + certificate.getNotAfter().toInstant());
    } catch (CertificateNotYetValidException e) {
      throw wrong(name + " is not valid before " + certificate.getNotBefore().toInstant());
    }
  }

  private static PrivateKey key(String name, Path file, PublicKey certified) {
    byte[] encoded = pkcs8(name, file);
    try {
      KeyFactory keys = KeyFactory.getInstance(certified.getAlgorithm());
      PrivateKey key = keys.generatePrivate(new PKCS8EncodedKeySpec(encoded));
      if (!belongTogether(key, certified)) {
        throw wrong(name + " is not the key of the certificate in tls.certificate");
      }
      return key;
    } catch (InvalidKeySpecException e) {
      throw wrong(
          name + " is not the " + certified.getAlgorithm() + " key of the certificate: " + e);
    } catch (GeneralSecurityException e) {
      throw wrong(name + " cannot be used: " + e);
    }
  }

  private static byte[] pkcs8(String name, Path file) {
    Matcher block;
    try {
      block = BLOCK.matcher(Files.readString(file));
    } catch (IOException e) {
      throw unreadable(name, e);
    }
    String makeOne = "; openssl pkcs8 -topk8 -nocrypt makes one";
    while (block.find()) {
      String kind = block.group(1);
      if (kind.startsWith("ENCRYPTED") || block.group(2).contains("ENCRYPTED")) {
        throw wrong(name + " is encrypted, and has to be plain" + makeOne);
      }
      if (kind.equals("PRIVATE KEY")) {
        return decode(name, block.group(2));
      }
      if (kind.endsWith("PRIVATE KEY")) {
        throw wrong(name + " is no PKCS 8 but " + kind + makeOne);
      }
    }
    throw wrong(name + " holds no private key in PEM form");
  }

  private static byte[] decode(String name, String base64) {
    try {
      return Base64.getDecoder().decode(base64.replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      throw wrong(name + " holds a private key that is garbled: " + e.getMessage());
    }
  }

  private static boolean belongTogether(PrivateKey key, PublicKey certified)
      throws GeneralSecurityException {
    String algorithm =
        switch (certified.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> certified.getAlgorithm();
        };
    byte[] text = {1, 2, 3};
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(text);
    byte[] signed = signature.sign();
    signature.initVerify(certified);
    signature.update(text);
    return signature.verify(signed);
  }

  // --- using

  /**
   * For Ratis: what is set here holds for all that it listens to and all that it connects to. The
   * JDK's own TLS, since a native one would have to be unpacked into a directory for temporary
   * files.
   */
  GrpcTlsConfig grpc() {
    return GrpcTlsConfig.newBuilder()
        .setSslProvider(SslProvider.JDK)
        .setProtocols(PROTOCOL)
        .setMutualTls(true)
        .setKeyCertificates(new CertificatesConf(chain))
        .setPrivateKey(new PrivateKeyConf(key))
        .setTrustCertificates(new CertificatesConf(trusted))
        .build();
  }

  /** For connections of our own. */
  SSLContext context() throws GeneralSecurityException, IOException {
    char[] password = {};
    KeyStore own = empty();
    own.setKeyEntry("own", key, password, chain.toArray(Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own, password);
    KeyStore others = empty();
    for (int number = 0; number < trusted.size(); number++) {
      others.setCertificateEntry("authority-" + number, trusted.get(number));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(others);
    SSLContext context = SSLContext.getInstance(PROTOCOL);
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}
