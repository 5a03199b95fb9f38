/**
 * From bytes to pixels: formats found by content, headers, which windows to decode, and resizing on
 * the CPU.
 *
 * <p>Start with {@link io.stoker.image.ImageDecoder}. May import {@code region} and {@code
 * storage}.
 */
@NullMarked
package io.stoker.image;

import org.jspecify.annotations.NullMarked;
