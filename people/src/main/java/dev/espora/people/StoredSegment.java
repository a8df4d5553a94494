package dev.espora.people;

/**
 * A {@link SealedSegment} as it is stored.
 *
 * @param folding {@link Term#FOLDING}, which it was made with
 * @param after the sequence of the last person before it, 0 for the first segment
 * @param through the sequence of its last person
 * @param bytes the segment
 */
record StoredSegment(String folding, long after, long through, byte[] bytes) {}
