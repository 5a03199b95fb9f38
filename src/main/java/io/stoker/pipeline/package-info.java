/**
 * The fast path. Start with {@link io.stoker.pipeline.Pipeline}.
 */
@NullMarked
package io.stoker.pipeline;

import org.jspecify.annotations.NullMarked;
