package dev.espora.ratis;

import java.util.List;

/**
 * What a copy for another node consists of. It goes in pieces, as the files do, since many
 * partitions make it larger than a message may be.
 *
 * @param image of the catalog; the files are at least as far
 * @param files their names; those of directories end with a slash, and stand before their files
 */
record CopyContents(byte[] image, List<String> files) {

  /** The name by which pieces of the contents themselves are asked for. */
  static final String NAME = "";
}
