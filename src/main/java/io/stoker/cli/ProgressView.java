package io.stoker.cli;

import io.stoker.spark.Progress;
import io.stoker.spark.Progress.Snapshot;
import java.io.PrintWriter;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Where progress is shown. Used by one thread. */
interface ProgressView extends AutoCloseable {
  /** How often it wants to be told. */
  long periodMillis();

  void show(Snapshot now);

  /** Nothing more is shown. */
  @Override
  void close();

  /** A bar on stderr, repainted in place. */
  static ProgressView bar(PrintWriter err) {
    return new Bar(err);
  }

  /** A line now and then, for logs. */
  static ProgressView lines(PrintWriter err) {
    return new Lines(err);
  }

  /** See {@link #lines}. */
  final class Lines implements ProgressView {
    private static final long PERIOD_MILLIS = 10_000;

    private final PrintWriter err;
    private Progress.@Nullable Phase last;

    private Lines(PrintWriter err) {
      this.err = err;
    }

    @Override
    public long periodMillis() {
      return PERIOD_MILLIS;
    }

    @Override
    public void show(Snapshot now) {
      if (now.phase() == Progress.Phase.PREDICTING) {
        err.println("stoker: " + ProgressText.line(now));
      } else if (now.phase() != last && now.phase() != Progress.Phase.ENDED) {
        err.println("stoker: " + ProgressText.phase(now.phase()));
      }
      err.flush();
      last = now.phase();
    }

    @Override
    public void close() {}
  }

  /** See {@link #bar}. */
  final class Bar implements ProgressView {
    private static final long PERIOD_MILLIS = 500;

    private final PrintWriter err;
    private Progress.@Nullable Phase last;
    private @Nullable ProgressBar bar;

    private Bar(PrintWriter err) {
      this.err = err;
    }

    @Override
    public long periodMillis() {
      return PERIOD_MILLIS;
    }

    @Override
    public void show(Snapshot now) {
      if (now.phase() == Progress.Phase.PREDICTING) {
        paint(now);
      } else if (now.phase() != last) {
        close(now);
        if (now.phase() != Progress.Phase.ENDED) {
          err.println("stoker: " + ProgressText.phase(now.phase()));
          err.flush();
        }
      }
      last = now.phase();
    }

    private void paint(Snapshot now) {
      if (bar == null) {
        bar =
            new ProgressBarBuilder()
                .setTaskName("stoker: predicting")
                .setInitialMax(now.total())
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis((int) PERIOD_MILLIS)
                .showSpeed()
                .build();
      }
      bar.stepTo(now.done());
      bar.setExtraMessage(
          " "
              + now.failed()
              + " failed"
              + (now.live()
                  ? ""
                  : ", " + now.finishedSplits() + "/" + now.splits() + " tasks ended"));
    }

    private void close(Snapshot end) {
      if (bar != null) {
        bar.stepTo(end.done());
        close();
      }
    }

    @Override
    public void close() {
      if (bar != null) {
        bar.close();
        bar = null;
      }
    }
  }
}
