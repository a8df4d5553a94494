/**
 * Power cuts at every operation of a workload: {@link dev.espora.testkit.crash.CrashSweep} for a
 * test of one's own, {@link dev.espora.testkit.crash.Sweep} without JUnit's help.
 */
@NullMarked
package dev.espora.testkit.crash;

import org.jspecify.annotations.NullMarked;
