/** Words of control blocks as other threads, and so other processes, see them. */
@org.jspecify.annotations.NullMarked
package dev.espora.db.file;
