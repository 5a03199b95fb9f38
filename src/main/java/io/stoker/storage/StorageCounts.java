package io.stoker.storage;

/**
 * What was read so far.
 *
 * @param opens files that were opened
 * @param reads calls that read
 * @param bytes that they read
 */
public record StorageCounts(long opens, long reads, long bytes) {}
