package dev.espora.ratis;

import org.apache.ratis.grpc.GrpcTlsConfig;

/** Mutual TLS: both sides of every connection show a certificate. */
final class Certificates {
  private Certificates() {}

  static GrpcTlsConfig of(NodeConfig.Tls tls) {
    return new GrpcTlsConfig(
        tls.key().toFile(), tls.certificate().toFile(), tls.trust().toFile(), true);
  }
}
