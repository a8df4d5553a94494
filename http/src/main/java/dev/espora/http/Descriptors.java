package dev.espora.http;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The one thing about descriptors that neither the JDK nor Netty offers. Linux only. */
final class Descriptors {
  private static final int F_GETFL = 3;
  private static final int F_SETFL = 4;
  private static final int O_NONBLOCK = 0x800;

  private static final MethodHandle FCNTL = fcntl();

  private Descriptors() {}

  /**
   * Makes reads and writes return instead of wait: one blocking descriptor would stop every
   * connection of its event loop.
   */
  static void setNonBlocking(int descriptor) throws IOException {
    int flags = call(descriptor, F_GETFL, 0);
    if (flags < 0 || call(descriptor, F_SETFL, flags | O_NONBLOCK) < 0) {
      throw new IOException("fcntl failed on descriptor " + descriptor);
    }
  }

  private static int call(int descriptor, int command, int argument) {
    try {
      return (int) FCNTL.invokeExact(descriptor, command, argument);
    } catch (Throwable e) { // The signature of invokeExact; fcntl itself throws nothing.
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("restricted") // The signature is that of fcntl(2): int, int, ... to int.
  private static MethodHandle fcntl() {
    Linker linker = Linker.nativeLinker();
    MemorySegment symbol = linker.defaultLookup().find("fcntl").orElseThrow();
    return linker.downcallHandle(
        symbol,
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
        Linker.Option.firstVariadicArg(2));
  }
}
