/**
 * The only room that knows TensorFlow: models become graphs, graphs become sessions, sessions run
 * batches and decode images.
 *
 * <p>Start with {@code ModelLoader}, which turns a stranger's file into a graph that may be run,
 * and {@code Splicer}, which puts head and tail to it; {@code TensorFlowPredictor} runs batches,
 * {@code TensorFlowDecoder} decodes JPEG and PNG. Below them lies a thin wrapper of TensorFlow's C
 * API (the {@code Native…} classes and {@code Deallocator}). May import {@code region}, {@code
 * model} and {@code image}.
 *
 * <p>Threads: sessions run in the calling thread ({@code inter_op_parallelism_threads = -1}); only
 * the ops themselves spread over TensorFlow's intra-op threads, which the process's first session
 * sizes. Imports and first runs happen on a thread with a large stack. Native calls do not see
 * interrupts.
 *
 * <p>Memory: everything native is closed by whoever made it, nothing waits for the garbage
 * collector, and {@code NativeCounters} counts what is open. Memory of ours that a tensor looks at
 * is free again only when TensorFlow's deallocator says so.
 */
@NullMarked
package io.stoker.tensorflow;

import org.jspecify.annotations.NullMarked;
