/**
 * What a region costs, in which order regions lie, and where the manifest is cut into splits. Pure
 * functions over rows in order: they run wherever the rows are, and the driver sees a few numbers a
 * partition.
 *
 * <p>Start with {@link io.stoker.plan.SplitPlan}. May import {@code region}.
 */
@NullMarked
package io.stoker.plan;

import org.jspecify.annotations.NullMarked;
