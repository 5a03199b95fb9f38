package io.stoker.spark;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * A manifest that can be read.
 *
 * @param rows its rows; where {@code malformed} is not -1, with one more column at that position,
 *     which holds the text of a line that does not parse, else null
 * @param schema its own columns, which the output repeats
 * @param columns which of them are the contract's
 * @param base what relative image URIs are resolved against: a folder's absolute URI
 * @param malformed position of the column of malformed lines, or -1
 * @param description what the run record calls it
 */
record Manifest(
    Dataset<Row> rows,
    StructType schema,
    ContractColumns columns,
    String base,
    int malformed,
    String description) {}
