package dev.espora.bench;

/** Where accounts are kept, as {@link NodesBench} compares it. */
enum Kept {
  FILE(0, "file medium, one process"),
  ONE_NODE(1, "one node"),
  THREE_NODES(3, "three nodes");

  private final int nodes;
  private final String text;

  Kept(int nodes, String text) {
    this.nodes = nodes;
    this.text = text;
  }

  /** How many replicate; 0 where none does. */
  int nodes() {
    return nodes;
  }

  @Override
  public String toString() {
    return text;
  }
}
