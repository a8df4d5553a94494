package dev.espora.testkit;

/**
 * What every {@link dev.espora.db.Medium} must do, as JUnit tests. A test class implements this
 * interface and those of the other contracts that its medium promises to keep, and says which
 * medium it is about:
 *
 * <ul>
 *   <li>{@link PersistenceContract}: what was written is there after closing and opening again
 *   <li>{@link SnapshotContract}: snapshots are kept, so that opening need not replay all of the
 *       log
 *   <li>{@link ReleaseContract}: storage is given back once the beginning of a log is not needed
 *       any more
 *   <li>{@link SharingContract}: several openings at a time share one storage
 * </ul>
 *
 * <pre>{@code
 * class MyMediumTest implements MediumContract, PersistenceContract {
 *   @TempDir Path directory;
 *
 *   @Override
 *   public Medium medium() {
 *     return new MyMedium(directory);
 *   }
 * }
 * }</pre>
 */
public interface MediumContract
    extends JournalContract, PartitionContract, LogContract, StoreContract, StoreUpkeepContract {}
