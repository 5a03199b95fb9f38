package io.stoker.spark;

import java.util.ArrayList;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/** Adds 1 to some numbers, by a TensorFlow graph inside Spark tasks. */
public final class JobJarProbe {
  private JobJarProbe() {}

  /** Takes how many numbers. */
  public static void main(String[] args) {
    // Not in the head of the try: close() throws IOException since Spark 4.
    var spark = SparkSession.builder().getOrCreate();
    try {
      var rows =
          spark
              .range(Long.parseLong(args[0]))
              .mapPartitions(
                  (MapPartitionsFunction<Long, Float>)
                      numbers -> {
                        var sums = new ArrayList<Float>();
                        numbers.forEachRemaining(number -> sums.add(plusOne(number)));
                        return sums.iterator();
                      },
                  Encoders.FLOAT())
              .collectAsList();
      System.out.println("spark " + spark.version() + " " + rows);
    } finally {
      spark.stop();
    }
  }

  private static float plusOne(float number) {
    // A config, so that protobuf is used: the cluster's must not get in the way.
    var config = ConfigProto.newBuilder().setInterOpParallelismThreads(-1).build();
    try (var graph = new Graph();
        var session = new Session(graph, config)) {
      var tf = Ops.create(graph);
      var sum = tf.math.add(tf.constant(number), tf.constant(1f));
      try (var result = session.runner().fetch(sum).run()) {
        return ((TFloat32) result.get(0)).getFloat();
      }
    }
  }
}
