package dev.espora.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccountsTest {
  @TempDir Path directory;

  @Test
  void readsIdsAndLimits() throws IOException {
    Path file = Files.writeString(directory.resolve("a"), "# id,limit\n7,100\n\n 8 , 0 \n");
    assertThat(Accounts.read(file).limits()).isEqualTo(Map.of(7L, 100L, 8L, 0L));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "7", "7,", ",7", "7,1,2", "a,1", "-7,1", "7,-1", "7,1.0", "0,1", "7,1\n7,2"})
  void wrongFilesAreRefused(String content) throws IOException {
    Path file = Files.writeString(directory.resolve("a"), content);
    assertThatThrownBy(() -> Accounts.read(file)).isInstanceOf(IllegalArgumentException.class);
  }
}
