package io.stoker.bench;

import io.stoker.model.ModelException;
import io.stoker.region.RegionOutput;
import io.stoker.runtime.SimulatedPredictor;
import io.stoker.tensorflow.DeviceOptions;
import io.stoker.tensorflow.HeapPredictor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** A device that is fed from an array of floats, one batch at a time. Used by one thread. */
interface HeapDevice extends AutoCloseable {
  List<List<RegionOutput>> run(float[] values, int count);

  @Override
  void close();

  /** What the workload asks for. */
  static HeapDevice open(Workload work) throws ModelException {
    return work.isSimulated()
        ? new Simulated(work)
        : new Real(HeapPredictor.open(work.floatFed(), Devices.options(work)));
  }

  /** TensorFlow's. */
  record Real(HeapPredictor predictor) implements HeapDevice {
    @Override
    public List<List<RegionOutput>> run(float[] values, int count) {
      return predictor.run(values, count);
    }

    @Override
    public void close() {
      predictor.close();
    }
  }

  /** None: but the batch is copied as if there were one. */
  final class Simulated implements HeapDevice {
    private final SimulatedPredictor predictor;
    private final ByteBuffer tensor;

    Simulated(Workload work) throws ModelException {
      predictor = new SimulatedPredictor(work.floatFed(), work.asked().simulatedMillis());
      tensor =
          ByteBuffer.allocateDirect(work.batch() * work.slotValues() * Float.BYTES)
              .order(ByteOrder.nativeOrder());
    }

    @Override
    public List<List<RegionOutput>> run(float[] values, int count) {
      tensor.asFloatBuffer().put(values);
      return predictor.run(tensor, count);
    }

    @Override
    public void close() {}
  }

  /** How sessions are opened. */
  final class Devices {
    private Devices() {}

    static DeviceOptions options(Workload work) {
      return new DeviceOptions(
          DeviceOptions.Device.valueOf(work.asked().device().name()),
          work.threads().intraOp(),
          work.resources().gpuMemoryFraction(work.asked()),
          "",
          0,
          work.asked().deterministic(),
          DeviceOptions.Precision.valueOf(work.asked().precision().name()),
          work.asked().xla());
    }
  }
}
