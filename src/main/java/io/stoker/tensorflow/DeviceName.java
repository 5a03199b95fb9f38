package io.stoker.tensorflow;

import java.util.List;

/** A device's name for people: {@code CPU}, {@code GPU:0 NVIDIA H100 80GB HBM3}. */
final class DeviceName {
  private static final String DEVICE = "/device:";

  private DeviceName() {}

  /** The device on which a session puts a model: its first GPU, or the CPU. */
  static String of(List<NativeSession.Device> devices, String visibleGpus) {
    return devices.stream()
        .filter(device -> device.type().equals("GPU"))
        .findFirst()
        .map(device -> gpu(device.name(), visibleGpus))
        .orElse("CPU");
  }

  static boolean isGpu(String name) {
    return name.startsWith("GPU");
  }

  private static String gpu(String device, String visibleGpus) {
    String name = device.substring(device.indexOf(DEVICE) + DEVICE.length());
    return CudaDriver.deviceName(ordinal(visibleGpus))
        .map(model -> name + " " + model)
        .orElse(name);
  }

  /** CUDA's number of the first of them. */
  static int ordinal(String visibleGpus) {
    return visibleGpus.isEmpty() ? 0 : Integer.parseInt(visibleGpus.split(",", 2)[0]);
  }
}
