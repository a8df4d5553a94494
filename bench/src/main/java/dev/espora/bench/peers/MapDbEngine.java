package dev.espora.bench.peers;

import java.nio.file.Path;
import org.mapdb.DB;
import org.mapdb.DBMaker;
import org.mapdb.Serializer;

/** MapDB with transactions, which bring its write-ahead log, on mapped files. */
public final class MapDbEngine {
  private MapDbEngine() {}

  public static MapEngine open(Path directory) {
    DB database =
        DBMaker.fileDB(directory.resolve("bench.mapdb").toFile())
            .transactionEnable()
            .fileMmapEnableIfSupported()
            .make();
    return new MapEngine(
        "mapdb",
        database.hashMap("bench", Serializer.STRING, Serializer.BYTE_ARRAY).createOrOpen(),
        database::commit,
        database::close);
  }
}
