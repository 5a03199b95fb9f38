/**
 * The fast path: from regions to their results, once an executor and shared by its tasks.
 *
 * <p>Start with {@link io.stoker.pipeline.Pipeline}, which puts the parts together, then follow a
 * region:
 *
 * <ol>
 *   <li>{@code PipelineTask} admits it, in the task's thread, with others of its image ({@code
 *       ImageGroup}), as far as the task's window allows.
 *   <li>{@code Fetcher} reads the file's beginning, settles boxes and windows, takes <em>one</em>
 *       lease for all that the image will need, and reads the rest ({@code LeasedImage}).
 *   <li>{@code DecodeWorker} decodes a window and, when a region's pixels are there, claims a slot
 *       of the open batch in the {@code BatchRing}, and fills it.
 *   <li>{@code Runner} takes a batch that is full, or that nobody can fill any further, and runs
 *       it. The buffer comes back to the ring only by the predictor's {@code released}.
 *   <li>{@code Client}, the task as the pool sees it, puts the answers in order.
 * </ol>
 *
 * <p><b>Threads, and what each may wait for.</b> A task's thread: for its eldest answer. Fetch
 * threads: for work, storage, a lease. Decode threads: for work, the decoder, user code, a free
 * batch buffer. Runners: for a batch, the device. The alarm thread: for nothing. Whoever releases a
 * buffer: for nothing.
 *
 * <p><b>Why it cannot hang.</b> Runners wait for nobody but the device, so full batches always go
 * through and buffers come back. A decode thread with pixels in hand thus always gets a slot. So
 * leases, which only decoding holds, always end, and the first in line for a lease gets it. Answers
 * never wait, for they have their place in the window since admission. Left is a batch that is not
 * full: it goes when nothing admitted can still fill it and a task waits for it or all input is
 * read (see {@code BatchRing}).
 *
 * <p><b>Locks.</b> {@code BatchRing} has the one lock of this room that several fields share;
 * {@code LeasedImage}, {@code HangWatch} and {@code DecodePool} guard themselves. Nobody holds two
 * locks, and nobody calls a predictor, decoder, storage or user code with a lock held.
 *
 * <p><b>Memory.</b> {@link io.stoker.pipeline.MemoryPlan} divides it. Ring and answers are reserved
 * from the start; images lease what is left.
 */
@NullMarked
package io.stoker.pipeline;

import org.jspecify.annotations.NullMarked;
