package dev.espora.testkit;

import dev.espora.db.Medium;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.io.TempDir;

class FileMediumTest
    implements MediumContract,
        PersistenceContract,
        SnapshotContract,
        ReleaseContract,
        SharingContract {
  @TempDir Path directory;

  @Override
  public Medium medium() {
    return ServiceLoader.load(Medium.Provider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.scheme().equals("file"))
        .findFirst()
        .orElseThrow()
        .at(directory.toString());
  }
}
