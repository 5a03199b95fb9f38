package io.stoker.cli;

import org.jspecify.annotations.Nullable;

/**
 * What {@code stoker show} prints.
 *
 * @param folder URI of Parquet files
 * @param where only rows for which this SQL expression is true, or null for all
 * @param limit at most so many
 * @param json a JSON object a line, with whole values, instead of a table
 */
record ShowJob(String folder, @Nullable String where, int limit, boolean json) {}
