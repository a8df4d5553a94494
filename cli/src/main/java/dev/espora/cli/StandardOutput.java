package dev.espora.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Standard output that remembers why it failed, which a {@link PrintStream} does not. That nobody
 * reads any more is no failure.
 */
final class StandardOutput extends OutputStream {
  private final OutputStream out = new FileOutputStream(FileDescriptor.out);
  private volatile @Nullable IOException failure;

  private StandardOutput() {}

  /** Replaces {@link System#out}. */
  static StandardOutput install() {
    StandardOutput installed = new StandardOutput();
    System.setOut(new PrintStream(new BufferedOutputStream(installed), true, System.out.charset()));
    return installed;
  }

  /** Why something that was printed is lost, if somebody would have wanted it. */
  Optional<String> failure() {
    System.out.flush();
    return Optional.ofNullable(failure)
        .map(each -> String.valueOf(each.getMessage()))
        .filter(each -> !each.equals("Broken pipe"));
  }

  @Override
  public void write(int octet) throws IOException {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }
}
