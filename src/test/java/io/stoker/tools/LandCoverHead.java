package io.stoker.tools;

import io.stoker.example.ExampleData;
import io.stoker.example.ExampleModel;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.image.ResizeBilinear;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * What a job's head does to the example's regions, in plain TensorFlow: resize (bilinear,
 * half-pixel), then {@code minus-one-one}.
 *
 * @param regions placeholder {@code [batch, 96, 96, 3] uint8}
 * @param image {@code [batch, 64, 64, 3] float32}, the network's input
 */
record LandCoverHead(Placeholder<TUint8> regions, Operand<TFloat32> image) {
  static LandCoverHead build(Ops tf) {
    int box = ExampleData.BOX_PIXELS;
    int input = ExampleModel.INPUT_PIXELS;
    var regions = tf.placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, box, box, 3)));
    var resized =
        tf.image.resizeBilinear(
            regions, tf.constant(new int[] {input, input}), ResizeBilinear.halfPixelCenters(true));
    var image = tf.math.sub(tf.math.div(resized, tf.constant(127.5f)), tf.constant(1f));
    return new LandCoverHead(regions, image);
  }
}
