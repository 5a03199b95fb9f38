/**
 * The example: landscapes that the project draws itself, the network that knows their land cover,
 * and the map of what it said.
 *
 * <p>Start with {@link io.stoker.example.ExampleData}, which draws scenes ({@link
 * io.stoker.example.Scene}) and writes them with a manifest; {@link io.stoker.example.ExampleModel}
 * is the committed network, {@link io.stoker.example.ExampleMap} paints the answers. Imports
 * nothing of ours and nothing but the JDK. All numbers come from integers and strict arithmetic, so
 * one seed draws the same pixels everywhere.
 */
@NullMarked
package io.stoker.example;

import org.jspecify.annotations.NullMarked;
