package io.stoker.spark;

import io.stoker.runtime.PreparedJob;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * A prepared job on its way to the executors: once to each, as bytes that Java's own serialisation
 * made, whatever serialiser the session has; read only where a runtime has to be made.
 */
record ShippedJob(String key, Broadcast<byte[]> bytes)
    implements Supplier<PreparedJob>, Serializable {
  static ShippedJob ship(JavaSparkContext context, PreparedJob job) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new ObjectOutputStream(bytes)) {
      out.writeObject(job);
    } catch (IOException e) {
      throw new UncheckedIOException("the job cannot be serialised", e);
    }
    return new ShippedJob(job.key(), context.broadcast(bytes.toByteArray()));
  }

  @Override
  public PreparedJob get() {
    try (var in = new Input(new ByteArrayInputStream(bytes.value()))) {
      return (PreparedJob) in.readObject();
    } catch (IOException | ClassNotFoundException e) {
      throw new IllegalStateException(
          "the job cannot be read; do the driver and this executor" + " have the same Stoker jar?",
          e);
    }
  }

  /** Finds our classes where Spark puts the jars of {@code --jars}. */
  private static final class Input extends ObjectInputStream {
    Input(InputStream in) throws IOException {
      super(in);
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass type)
        throws IOException, ClassNotFoundException {
      try {
        return Class.forName(type.getName(), false, PreparedJob.class.getClassLoader());
      } catch (ClassNotFoundException e) {
        return super.resolveClass(type);
      }
    }
  }
}
