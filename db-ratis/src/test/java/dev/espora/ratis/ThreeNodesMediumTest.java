package dev.espora.ratis;

import dev.espora.testkit.MediumContract;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What every medium has to do, on three nodes; {@link OneNodeTest} does it in every build. {@code
 * -Despora.contract=all} runs it, since that takes a minute.
 */
@EnabledIfSystemProperty(named = "espora.contract", matches = "all")
class ThreeNodesMediumTest extends ThreeNodes implements MediumContract {}
