package dev.espora.db;

/** {@link IndexCheck} for tests in other packages. */
public final class StoreCheck {
  private StoreCheck() {}

  public static void check(Store<?, ?> store) {
    IndexCheck.check(store);
  }
}
