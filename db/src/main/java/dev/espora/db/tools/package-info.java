/**
 * Looking after the files of a database from outside: inspect, verify, read without the
 * application's classes, back up, restore, salvage.
 */
@NullMarked
package dev.espora.db.tools;

import org.jspecify.annotations.NullMarked;
