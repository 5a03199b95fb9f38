/**
 * Tools of the project that are in no jar: what made the example's committed network.
 *
 * <p>Start with {@link io.stoker.tools.TrainExample}.
 */
@NullMarked
package io.stoker.tools;

import org.jspecify.annotations.NullMarked;
