package io.stoker.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a model is, as far as its file says.
 *
 * @param format {@code GraphDef} or {@code SavedModel}
 * @param version who wrote it, such as {@code TensorFlow 2.15.0}
 * @param sha256 hex digest of its bytes, as in a run record
 * @param bytes of all its files
 * @param signature the one that would be used, or null where the file has none
 * @param signatures names of all of them
 * @param inputs what can be fed, each tensor by its name in the graph
 * @param outputs what would be fetched
 * @param parameters elements of its floating-point constants: weights, and moments of
 *     normalisations
 * @param flops of convolutions and matrix products for one image, a multiplication and an addition
 *     being two; null if that depends on the image's size, or is not known
 * @param ops how many nodes there are of each op, functions included, most frequent first
 * @param optimization what is done to the graph on loading
 * @param needsTrust whether it does something that {@code --trust-model} has to allow
 * @param image the input that takes the images, or null if that has to be said
 * @param layout of that input's images
 * @param problems what {@code predict} needs to be told, or cannot do; empty if nothing
 */
public record ModelFacts(
    String format,
    String version,
    String sha256,
    long bytes,
    @Nullable String signature,
    List<String> signatures,
    List<TensorSpec> inputs,
    List<TensorSpec> outputs,
    long parameters,
    @Nullable Long flops,
    Map<String, Integer> ops,
    ModelOptimization optimization,
    boolean needsTrust,
    @Nullable TensorSpec image,
    @Nullable InputLayout layout,
    List<String> problems) {}
