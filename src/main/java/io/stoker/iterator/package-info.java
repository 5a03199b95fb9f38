/**
 * What any asynchronous pipeline is made of: a {@link io.stoker.iterator.ByteBudget} to bound it, a
 * {@link io.stoker.iterator.WorkQueue} between its stages, a {@link
 * io.stoker.iterator.ReorderBuffer} at its end, a {@link io.stoker.iterator.Cancellation} for each
 * client and a {@link io.stoker.iterator.StageClock} for each stage. Knows nothing of images, and
 * imports nothing of ours.
 *
 * <p>Every class is thread-safe and guards itself with its own monitor, inside of which it calls
 * nobody. So these monitors are the last in any lock order.
 */
@NullMarked
package io.stoker.iterator;

import org.jspecify.annotations.NullMarked;
