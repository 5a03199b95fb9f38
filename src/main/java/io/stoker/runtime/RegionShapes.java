package io.stoker.runtime;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What the numbered manifest says of its regions' sizes, which decides who resizes.
 *
 * @param regions how many rows it has
 * @param uniform the one size of all boxes, or null where they differ or whole images are asked for
 */
public record RegionShapes(long regions, @Nullable Size uniform) implements Serializable {}
