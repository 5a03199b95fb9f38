package io.stoker.tensorflow;

import java.util.List;

/** A device's name for people: {@code CPU}, {@code GPU:0 NVIDIA H100 80GB HBM3}. */
final class DeviceName {
  private static final String DEVICE = "/device:";

  private DeviceName() {}

  /** The device on which a session puts a model: the GPU asked for, or the CPU without one. */
  static String of(List<NativeSession.Device> devices, DeviceOptions options) {
    return devices.stream()
        .filter(device -> device.type().equals("GPU"))
        .skip(options.gpu())
        .findFirst()
        .map(device -> gpu(device.name(), options.ordinal()))
        .orElse("CPU");
  }

  /** One of a session that sees all GPUs. */
  static String of(NativeSession.Device device) {
    String name = device.name();
    return device.type().equals("GPU")
        ? gpu(name, Integer.parseInt(name.substring(name.lastIndexOf(':') + 1)))
        : "CPU";
  }

  static boolean isGpu(String name) {
    return name.startsWith("GPU");
  }

  private static String gpu(String device, int ordinal) {
    String name = device.substring(device.indexOf(DEVICE) + DEVICE.length());
    return CudaDriver.deviceName(ordinal).map(model -> name + " " + model).orElse(name);
  }
}
