package dev.espora.testkit;

import dev.espora.db.Medium;

class MemoryMediumTest implements MediumContract, ReleaseContract {

  @Override
  public Medium medium() {
    return Medium.memory();
  }
}
