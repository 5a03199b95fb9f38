package io.stoker.spark;

import java.util.List;

/** For tests of other rooms, which cannot make a {@link StokerException}. */
public final class StokerExceptions {
  private StokerExceptions() {}

  /** A job that ended so. */
  public static StokerException of(StokerException.Exit exit, String... problems) {
    return new StokerException(exit, List.of(problems), null, null);
  }
}
