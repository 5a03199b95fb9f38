/**
 * What tests of several rooms share: the test material beside the checkout, NumPy files, Spark in
 * child processes.
 */
@NullMarked
package io.stoker.testing;

import org.jspecify.annotations.NullMarked;
