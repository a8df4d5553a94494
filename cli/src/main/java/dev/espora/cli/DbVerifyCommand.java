package dev.espora.cli;

import dev.espora.db.tools.Verification;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code espora db verify}: whether every byte is what was written. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = {
      "Reads every byte of a database and checks it. Exits 1 if anything is damaged, and names file"
          + " and byte.",
      "Beside processes that write it checks each log up to where it ends at that moment."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  espora db verify data/bank", "  espora db verify data/bank account-1 --json"})
final class DbVerifyCommand implements Callable<Integer> {
  @Mixin private DbPartitionTarget target = new DbPartitionTarget();

  @Override
  public Integer call() {
    Verification verification;
    try (ProgressBar bar = ProgressBar.begin()) {
      verification = target.tools().verify(target.partition(), bar);
    }
    if (target.json()) {
      System.out.println(DbJson.of(verification));
    } else {
      print(verification);
    }
    List<Verification.Damage> damages = verification.damages();
    if (!damages.isEmpty()) {
      String more = damages.size() == 1 ? "" : " (and " + (damages.size() - 1) + " more)";
      throw new CommandFailed(damages.getFirst() + more);
    }
    return 0;
  }

  private static void print(Verification verification) {
    long records = 0;
    for (Verification.Verified each : verification.partitions()) {
      records += each.records();
      System.out.printf(
          "%s: records %d, batches %d, from %d to %d%n",
          each.name(), each.records(), each.batches(), each.first(), each.end());
    }
    verification.notices().forEach(notice -> System.out.println("note: " + notice));
    verification.damages().forEach(damage -> System.out.println("damage: " + damage));
    if (verification.isSound()) {
      System.out.printf(
          "sound: partitions %d, records %d%n", verification.partitions().size(), records);
    }
  }
}
