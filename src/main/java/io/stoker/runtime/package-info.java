/**
 * The composition root: what a job is ({@link io.stoker.runtime.PredictSpec}), how the driver makes
 * it ready ({@link io.stoker.runtime.Preparation}), and what runs once on an executor and is shared
 * by its tasks ({@link io.stoker.runtime.Runtimes}). Knows every room below it and no Spark.
 */
@NullMarked
package io.stoker.runtime;

import org.jspecify.annotations.NullMarked;
