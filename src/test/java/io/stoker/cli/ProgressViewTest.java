package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.spark.Progress;
import io.stoker.spark.Progress.Phase;
import io.stoker.spark.Progress.Snapshot;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

final class ProgressViewTest {
  @Test
  void aLogGetsALineAPhaseAndALineALook() {
    var log = new StringWriter();
    ProgressView lines = ProgressView.lines(new PrintWriter(log));
    for (Phase phase :
        List.of(
            Phase.MANIFEST,
            Phase.MANIFEST,
            Phase.MODEL,
            Phase.PREDICTING,
            Phase.PREDICTING,
            Phase.PROVING,
            Phase.ENDED)) {
      lines.show(new Snapshot(phase, 10, 5, 1, 2, 1, true, 0));
    }

    assertThat(log)
        .hasToString(
            """
            stoker: reading the manifest
            stoker: checking the model
            stoker: 5 of 10 regions (50 %), 1 failed
            stoker: 5 of 10 regions (50 %), 1 failed
            stoker: proving the output
            """);
  }

  @Test
  void theWatchLooksUntilItIsClosedAndOnceMore() {
    var seen = new CopyOnWriteArrayList<Snapshot>();
    var view = new Recorder(seen);
    ProgressWatch watch = ProgressWatch.start(new Progress(), view);
    await().until(() -> seen.size() >= 2);

    watch.close();

    assertThat(view.closed).isTrue();
    await()
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().equals("stoker-terminal")));
  }

  @Test
  void anInterruptedThreadStillClosesTheWatchAndStaysInterrupted() {
    var view = new Recorder(new CopyOnWriteArrayList<>());
    ProgressWatch watch = ProgressWatch.start(new Progress(), view);
    Thread.currentThread().interrupt();

    watch.close();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(view.closed).isTrue();
  }

  private static final class Recorder implements ProgressView {
    private final List<Snapshot> seen;
    private boolean closed;

    Recorder(List<Snapshot> seen) {
      this.seen = seen;
    }

    @Override
    public long periodMillis() {
      return 1;
    }

    @Override
    public void show(Snapshot now) {
      seen.add(now);
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
