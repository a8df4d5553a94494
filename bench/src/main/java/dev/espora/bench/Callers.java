package dev.espora.bench;

/** The kind of thread that calls. */
public enum Callers {
  PLATFORM,
  VIRTUAL;

  Thread start(Runnable work) {
    return switch (this) {
      case PLATFORM -> Thread.ofPlatform().name("caller").start(work);
      case VIRTUAL -> Thread.ofVirtual().name("caller").start(work);
    };
  }

  /** Lower case, as in tables and on command lines. */
  @Override
  public String toString() {
    return this == PLATFORM ? "platform" : "virtual";
  }
}
