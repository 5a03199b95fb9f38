package io.stoker.pipeline;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.stoker.image.ImageDecoder;
import io.stoker.image.ImageHeader;
import io.stoker.iterator.ByteBudget;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An image's encoded bytes, the windows that are to be decoded of it, and the lease for all that
 * takes. It owns the lease and closes it when the last window is done with, so the bytes outlive
 * every job. Thread-safe.
 */
final class LeasedImage implements DecodeWork {
  private final Client client;
  private final ImageDecoder decoder;
  private final ImageHeader header;
  private final int length;
  private final ByteBudget.Lease lease;

  @GuardedBy("this")
  private byte @Nullable [] encoded;

  @GuardedBy("this")
  private final Deque<DecodeJob> jobs;

  @GuardedBy("this")
  private int running;

  /** Takes over the lease. */
  LeasedImage(
      Client client,
      ImageDecoder decoder,
      ImageHeader header,
      byte[] encoded,
      List<DecodeJob> jobs,
      ByteBudget.Lease lease) {
    this.client = client;
    this.decoder = decoder;
    this.header = header;
    this.encoded = encoded;
    this.length = encoded.length;
    this.jobs = new ArrayDeque<>(jobs);
    this.lease = lease;
  }

  @Override
  public Client client() {
    return client;
  }

  ImageDecoder decoder() {
    return decoder;
  }

  ImageHeader header() {
    return header;
  }

  /** Takes the next job, to be ended by {@link #finished}; null if none is left. */
  synchronized @Nullable DecodeJob next() {
    DecodeJob job = jobs.pollFirst();
    if (job != null) {
      running++;
    }
    return job;
  }

  /** The whole file; only between {@link #next} and {@link #finished}. */
  synchronized byte[] encoded() {
    byte[] bytes = encoded;
    if (bytes == null) {
      throw new IllegalStateException("the lease of an image of " + length + " bytes was closed");
    }
    return bytes;
  }

  /**
   * A job is done with; nothing of it is touched any more.
   *
   * @return whether there are jobs left
   */
  synchronized boolean finished() {
    running--;
    releaseIfDone();
    return !jobs.isEmpty();
  }

  /** Drops the jobs that have not begun, and returns them. */
  synchronized List<DecodeJob> abandon() {
    var dropped = new ArrayList<>(jobs);
    jobs.clear();
    releaseIfDone();
    return dropped;
  }

  /** A running job hangs: nobody knows when the lease will be closed. */
  void writeOff() {
    lease.writeOff();
  }

  @GuardedBy("this")
  private void releaseIfDone() {
    if (running == 0 && jobs.isEmpty()) {
      encoded = null; // this may still stand in the queue, its bytes must not
      lease.close();
    }
  }
}
