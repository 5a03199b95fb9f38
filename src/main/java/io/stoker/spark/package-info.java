/**
 * From the manifest to the proven Parquet output, on a Spark session that somebody else owns.
 *
 * <p>Start with {@link io.stoker.spark.Stoker}. {@code ManifestReader} reads what {@link
 * io.stoker.spark.ManifestSource} names, {@code Numbering} writes it down once, {@code Splits} cuts
 * it into tasks, {@code PredictPartition} is a task, {@code Proof} reads the committed files back.
 * {@code RunTracker} follows a run on the driver.
 *
 * <p>No Scala type is in any signature or body, so that one jar serves Scala 2.12 and 2.13, and
 * nothing newer than Spark 3.5 is used. May import {@code region}, {@code storage} (URIs), {@code
 * plan}, {@code pipeline} (its report), {@code model} (types), {@code runtime}.
 *
 * <p>The driver holds one row a split or partition, never one a region or image.
 */
@NullMarked
package io.stoker.spark;

import org.jspecify.annotations.NullMarked;
