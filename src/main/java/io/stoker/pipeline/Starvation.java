package io.stoker.pipeline;

import io.stoker.pipeline.Verdict.Bound;
import java.io.Serializable;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * How long the device had nothing running and nothing queued, in nanoseconds, by what it waited
 * for. Where several things went on at once, the time is shared out among them.
 *
 * @param decode for images that were being decoded
 * @param preprocess for slots that were being filled, or the user's code
 * @param io for files that were being read
 * @param memory for bytes of the budget
 * @param tasks for regions: none had been asked for, or too few for all threads
 * @param writer for a task to take answers: it was busy with its rows
 */
public record Starvation(
    long decode, long preprocess, long io, long memory, long tasks, long writer)
    implements Serializable {
  /** Not at all. */
  public static final Starvation NONE = new Starvation(0, 0, 0, 0, 0, 0);

  /** All of it. */
  public long total() {
    return decode + preprocess + io + memory + tasks + writer;
  }

  /** What it waited for longest. */
  Bound cause() {
    return Stream.of(
            Bound.DECODE, Bound.PREPROCESS, Bound.IO, Bound.MEMORY, Bound.TASKS, Bound.WRITER)
        .max(Comparator.comparingLong(this::by))
        .orElseThrow();
  }

  /** The part that is that one's. */
  public long by(Bound cause) {
    return switch (cause) {
      case DECODE -> decode;
      case PREPROCESS -> preprocess;
      case IO -> io;
      case MEMORY -> memory;
      case TASKS -> tasks;
      case WRITER -> writer;
      case DEVICE -> 0;
    };
  }

  /** Both together. */
  public Starvation plus(Starvation other) {
    return new Starvation(
        decode + other.decode,
        preprocess + other.preprocess,
        io + other.io,
        memory + other.memory,
        tasks + other.tasks,
        writer + other.writer);
  }

  /** What came since an earlier reading. */
  public Starvation minus(Starvation earlier) {
    return new Starvation(
        decode - earlier.decode,
        preprocess - earlier.preprocess,
        io - earlier.io,
        memory - earlier.memory,
        tasks - earlier.tasks,
        writer - earlier.writer);
  }
}
