/**
 * The command line: flags, terminal output and exit codes; no logic.
 *
 * <p>Start with {@link io.stoker.cli.Main}. A command's flags lie in groups ({@link
 * io.stoker.cli.ManifestFlags} and its like), each of which checks itself; {@link
 * io.stoker.cli.PredictCommand} hands them to {@code io.stoker.spark}. May import every room, and
 * picocli, which nobody else may. Everything runs in the thread of {@code main}, except {@link
 * io.stoker.cli.Interruption}, which the JVM's shutdown runs.
 */
@NullMarked
package io.stoker.cli;

import org.jspecify.annotations.NullMarked;
