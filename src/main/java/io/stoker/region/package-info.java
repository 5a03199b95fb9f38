/**
 * The vocabulary: what a region is, what becomes of it, and the two extension points.
 *
 * <p>Start with {@link io.stoker.region.Region} and {@link io.stoker.region.RegionResult}. Imports
 * nothing of ours. Every type is immutable and thread-safe unless it says otherwise.
 */
@NullMarked
package io.stoker.region;

import org.jspecify.annotations.NullMarked;
