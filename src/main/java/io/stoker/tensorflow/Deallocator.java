package io.stoker.tensorflow;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.internal.c_api.Deallocator_Pointer_long_Pointer;

/**
 * TensorFlow's word that it no longer touches memory of ours.
 *
 * <p>There is one native callback a process, because JavaCPP has stubs for only ten. Which memory
 * it is about is told by its argument: no address but a number, under which {@link #register} has
 * left what to do. Numbers are never used again, and the map's {@code remove} makes sure that it is
 * done exactly once.
 *
 * <p>The callback runs on whatever thread drops the last reference, under TensorFlow's locks: what
 * it calls returns at once and does not call TensorFlow. No exception may pass from it into C++
 * code, where it would end the process.
 */
final class Deallocator {
  private static final Logger LOG = LoggerFactory.getLogger(Deallocator.class);
  private static final AtomicLong NUMBERS = new AtomicLong();
  private static final ConcurrentHashMap<Long, Runnable> REGISTERED = new ConcurrentHashMap<>();

  /** Never collected: a tensor may outlive everything else here. */
  static final Deallocator_Pointer_long_Pointer CALLBACK = callback();

  private Deallocator() {}

  private static Callback callback() {
    TensorFlowNative.load();
    var callback = new Callback();
    callback.retainReference();
    return callback;
  }

  /** The argument to give TensorFlow beside {@link #CALLBACK}. */
  static Pointer register(Runnable released) {
    long number = NUMBERS.incrementAndGet(); // from 1: number 0 would arrive as null
    REGISTERED.put(number, released);
    return Address.of(number);
  }

  /** What the callback does; for memory that TensorFlow was never given. */
  static void release(Pointer argument) {
    Runnable released = REGISTERED.remove(argument.address());
    if (released != null) {
      released.run();
    }
  }

  /** How many were registered and not yet released. */
  static int pending() {
    return REGISTERED.size();
  }

  private static final class Callback extends Deallocator_Pointer_long_Pointer {
    Callback() {
      super(); // makes the native stub; the other constructor would not
    }

    @Override
    public void call(Pointer data, long length, Pointer argument) {
      try {
        release(argument);
      } catch (Throwable e) {
        LOG.error("what follows a tensor's release failed", e);
      }
    }
  }
}
