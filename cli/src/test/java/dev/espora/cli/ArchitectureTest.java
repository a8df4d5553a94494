package dev.espora.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/**
 * Which module may see which: cli, then bench, then bank, people and balancer, then http and db.
 */
class ArchitectureTest {
  private static final String BANK = "dev.espora.bank..";
  private static final String PEOPLE = "dev.espora.people..";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.espora");

  @Test
  void engineStandsAlone() {
    noClasses()
        .that()
        .resideInAPackage("dev.espora.db..")
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages("java..", "jdk.jfr..", "org.jspecify..", "dev.espora.db..")
        .check(CLASSES);
  }

  @Test
  void edgeAndBalancerSeeNoOtherModule() {
    neverDependsOn("dev.espora.http..", "dev.espora.db..", "dev.espora.balancer..", BANK, PEOPLE);
    neverDependsOn("dev.espora.balancer..", "dev.espora.db..", "dev.espora.http..", BANK, PEOPLE);
  }

  @Test
  void servicesKnowNeitherTheBalancerNorEachOther() {
    neverDependsOn(BANK, "dev.espora.balancer..", PEOPLE);
    neverDependsOn(PEOPLE, "dev.espora.balancer..", BANK);
  }

  @Test
  void nobodySeesTheProgramOrTheBenchmarks() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.espora.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.espora.cli..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.espora.cli..", "dev.espora.bench..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.espora.bench..")
        .check(CLASSES);
  }

  /**
   * Whose own module descriptors let them see the engine alone, and the examples' tests both. The
   * benchmarks cut the power of the testkit's disk.
   */
  @Test
  void nobodyElseSeesTheTestkitOrTheExamples() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "dev.espora.testkit..", "dev.espora.examples..", "dev.espora.bench..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.espora.testkit..", "dev.espora.examples..")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.espora.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  /** And the benchmarks, which start processes of their own to measure. */
  @Test
  void onlyTheProgramHasMain() {
    methods()
        .that()
        .haveName("main")
        .and()
        .areStatic()
        .should()
        .beDeclaredInClassesThat()
        .resideInAnyPackage("dev.espora.cli..", "dev.espora.bench..")
        .check(CLASSES);
  }

  private static void neverDependsOn(String from, String... others) {
    noClasses()
        .that()
        .resideInAPackage(from)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others)
        .allowEmptyShould(true)
        .check(CLASSES);
  }
}
