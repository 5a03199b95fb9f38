package io.stoker.region;

/**
 * What one fetch says about one region: the batch's tensor without its first dimension.
 *
 * @param shape the dimensions, row-major; empty for a scalar
 * @param values a primitive array of as many elements as the shape holds: {@code float[]}, {@code
 *     double[]}, {@code int[]} (unsigned 16-bit integers too), {@code long[]} (unsigned 32-bit
 *     integers too), {@code short[]}, {@code byte[]} (8-bit integers, signed or not) or {@code
 *     boolean[]}. Owned by the receiver
 */
public record RegionOutput(int[] shape, Object values) {}
