/**
 * Files by URI, on any Hadoop file system: opened once, read by position, counted.
 *
 * <p>Start with {@link io.stoker.storage.Storage}. Imports nothing of ours; the only room that
 * opens files on an executor.
 */
@NullMarked
package io.stoker.storage;

import org.jspecify.annotations.NullMarked;
