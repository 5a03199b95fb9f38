package io.stoker.region;

/**
 * What one fetch says about one region: the batch's tensor without its first dimension.
 *
 * @param shape the dimensions, row-major; empty for a scalar
 * @param values a primitive array of as many elements as the shape holds: {@code float[]}, {@code
 *     double[]}, {@code boolean[]}, or {@code byte[]}, {@code short[]}, {@code int[]} and {@code
 *     long[]} of integers of that width, signed or not: of unsigned ones the bits. Owned by the
 *     receiver
 */
public record RegionOutput(int[] shape, Object values) {}
