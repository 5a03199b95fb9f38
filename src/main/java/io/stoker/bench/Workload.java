package io.stoker.bench;

import io.stoker.model.SplicedModel;
import io.stoker.pipeline.Filling;
import io.stoker.region.Region;
import io.stoker.runtime.ExecutorResources;
import io.stoker.runtime.PredictSpec;
import io.stoker.runtime.PreparedJob;
import io.stoker.runtime.Threads;
import java.util.ArrayList;
import java.util.List;

/**
 * What every strategy has to do. Immutable.
 *
 * @param regions in the order of the manifest; a region's id is its place here
 * @param job model, head and tail, fed with bytes where boxes have one size
 * @param floatFed the same model, fed with floats
 * @param batch regions a run
 * @param threads as ours, for all
 * @param resources of this process
 */
record Workload(
    List<Region> regions,
    PreparedJob job,
    SplicedModel floatFed,
    int batch,
    Threads threads,
    ExecutorResources resources) {
  /** The same with no more than the first regions. */
  Workload first(int most) {
    return new Workload(
        regions.subList(0, Math.min(most, regions.size())),
        job,
        floatFed,
        batch,
        threads,
        resources);
  }

  /** The same with other knobs. */
  Workload with(PredictSpec.Resources asked) {
    PreparedJob tuned = job.with(asked);
    boolean gpu = asked.device() == PredictSpec.Device.GPU;
    return new Workload(
        regions,
        tuned,
        floatFed,
        tuned.batch(gpu),
        Threads.of(asked, resources.cores(), gpu),
        resources);
  }

  /** Regions that follow each other on one image, which is opened once for them. */
  static List<List<Region>> images(List<Region> regions) {
    var images = new ArrayList<List<Region>>();
    int begin = 0;
    for (int i = 1; i <= regions.size(); i++) {
      if (i == regions.size() || !regions.get(i).sameImage(regions.get(begin))) {
        images.add(regions.subList(begin, i));
        begin = i;
      }
    }
    return images;
  }

  /** How pixels become slots. */
  Filling filling() {
    return job.filling() == PreparedJob.Filling.COPY
        ? new Filling.Copy(job.slot())
        : new Filling.Resize(job.slot());
  }

  /** Values of one slot. */
  int slotValues() {
    return job.slot().height() * job.slot().width() * job.slot().channels();
  }

  /** Whether there is no device at all. */
  boolean isSimulated() {
    return asked().device() == PredictSpec.Device.SIMULATED;
  }

  /** What was asked for. */
  PredictSpec.Resources asked() {
    return job.spec().resources();
  }
}
