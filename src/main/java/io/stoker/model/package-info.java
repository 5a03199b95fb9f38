/**
 * What a model and a predictor are, in no framework's terms.
 *
 * <p>Start with {@link io.stoker.model.Predictor}; {@link io.stoker.model.ResolvedModel} is what a
 * model file becomes, {@link io.stoker.model.Head} and {@link io.stoker.model.Tail} what is put
 * before and after it. Imports nothing of ours.
 */
@NullMarked
package io.stoker.model;

import org.jspecify.annotations.NullMarked;
