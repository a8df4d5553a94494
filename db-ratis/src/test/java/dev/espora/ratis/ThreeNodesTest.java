package dev.espora.ratis;

import dev.espora.testkit.PersistenceContract;
import dev.espora.testkit.SharingContract;

class ThreeNodesTest extends ThreeNodes implements PersistenceContract, SharingContract {}
