package dev.espora.ratis;

import org.apache.ratis.server.protocol.TermIndex;

/**
 * A catalog as it was at one moment.
 *
 * @param bytes as {@link Wire#IMAGE} writes it
 * @param at the last entry that is in it
 */
record CatalogImage(byte[] bytes, TermIndex at) {}
