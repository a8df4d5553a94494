package dev.espora.bench.strategies;

/**
 * The same work for every strategy, which remembers what was acknowledged. Safe for use by several
 * threads while they work; the checks are for one, when nobody works.
 */
public interface Workload {

  /** Which work. */
  enum Kind {
    /** Credits and debits on five hot accounts. */
    LEDGER,
    /** Registrations of people with nicknames, one in ten of which is taken. */
    REGISTRY;

    /** Begins it on a storage in which nothing is stored yet. */
    public Workload on(Storage storage) {
      return switch (this) {
        case LEDGER -> new LedgerWorkload(storage.ledger());
        case REGISTRY -> new RegistryWorkload(storage.registry(), 0);
      };
    }

    /** Lower case, as in the tables. */
    @Override
    public String toString() {
      return this == LEDGER ? "ledger" : "registry";
    }
  }

  /**
   * One call, with whatever random numbers say.
   *
   * @throws WrongResult if its answer contradicts an earlier one
   */
  void operate();

  /** How many records were acknowledged. What was rightly refused is none. */
  long acknowledged();

  /**
   * Compares all that is stored with all that was acknowledged.
   *
   * @throws WrongResult if they differ
   */
  void check();

  /** How many of the acknowledged records a storage does not have. */
  long lostIn(Storage left);
}
