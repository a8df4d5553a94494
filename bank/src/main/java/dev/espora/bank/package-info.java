/**
 * A bank of accounts that may be overdrawn up to a limit: {@link dev.espora.bank.Bank} keeps them
 * in a database, one partition each; {@link dev.espora.bank.BankRoutes} offers them over HTTP as
 * {@code docs/bank.md} says.
 */
@NullMarked
package dev.espora.bank;

import org.jspecify.annotations.NullMarked;
