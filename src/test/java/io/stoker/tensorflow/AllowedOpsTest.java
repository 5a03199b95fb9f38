package io.stoker.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.OpDef;

/**
 * The rule behind {@code allowed-ops.txt}. After a change here, or with another TensorFlow, run
 * this test with {@code -Dstoker.rewriteAllowedOps=true} and read the difference.
 */
final class AllowedOpsTest {
  private static final Path LIST =
      Path.of("src/main/resources/io/stoker/tensorflow/allowed-ops.txt");

  /**
   * Not marked stateful, take no resource, and yet no pure functions: they read files (an
   * ImmutableConst maps one, EncodeProto and DecodeProtoV2 read descriptors), send to debug
   * addresses, call Python, end the process, write into their inputs, batch over runs, or hand
   * their input to another interpreter or device that would have to be judged by itself.
   */
  private static final Pattern IMPURE =
      Pattern.compile(
          "ReadFile|MatchingFiles|ImmutableConst|EncodeProto|DecodeProtoV2|GenerateVocabRemapping"
              + "|Sharded.*|PyFunc.*|Abort|Debug.*|Copy|CopyHost|CheckPinned|CustomAggregator"
              + "|Inplace.*|Batch|Unbatch|UnbatchGrad|BatchFunction|SymbolicGradient|MlirPassthroughOp"
              + "|TfLiteSubgraphExecute|TPU.*|Tpu.*|GetTpu.*|Xla.*|DTensor.*|Relayout.*|CopyToMesh.*"
              + "|Risc.*|BoostedTrees.*|Sdca.*|.*SparseCore.*|.*Summary.*");

  /** Variants are lists and ragged tensors here, not datasets, which read files. */
  private static final Pattern PURE_VARIANT =
      Pattern.compile("TensorList.*|EmptyTensorList|RaggedTensorToVariant|RaggedTensorFromVariant");

  /**
   * Marked stateful, or with a resource, and yet harmless: their state is a random generator's, or
   * ends with the run (arrays, stacks), or is a table that is filled once and then only read; they
   * call functions whose bodies are checked as well; they only fail or print.
   */
  private static final Set<String> PURE_ENOUGH =
      Set.of(
          "If",
          "While",
          "Case",
          "StatefulPartitionedCall",
          "DeviceIndex",
          "Assert",
          "CheckNumerics",
          "CheckNumericsV2",
          "Print",
          "GuaranteeConst",
          "RandomUniform",
          "RandomUniformInt",
          "RandomStandardNormal",
          "ParameterizedTruncatedNormal",
          "TruncatedNormal",
          "RandomShuffle",
          "RandomCrop",
          "Multinomial",
          "RandomGamma",
          "RandomPoisson",
          "RandomPoissonV2",
          "StatelessRandomGetAlg",
          "SampleDistortedBoundingBox",
          "SampleDistortedBoundingBoxV2",
          "TensorArrayV3",
          "TensorArraySizeV3",
          "TensorArrayReadV3",
          "TensorArrayWriteV3",
          "TensorArrayGatherV3",
          "TensorArrayScatterV3",
          "TensorArraySplitV3",
          "TensorArrayConcatV3",
          "TensorArrayCloseV3",
          "StackV2",
          "StackPushV2",
          "StackPopV2",
          "StackCloseV2",
          "HashTable",
          "HashTableV2",
          "LookupTableFind",
          "LookupTableFindV2",
          "LookupTableSize",
          "LookupTableSizeV2",
          "InitializeTable",
          "InitializeTableV2",
          "CudnnRNN",
          "CudnnRNNV2",
          "CudnnRNNV3");

  private static final List<String> HEADER =
      List.of(
          "# Ops that a model may use without --trust-model. Made from TensorFlow 2.18's registry by",
          "# the rule in AllowedOpsTest: every op that is not marked stateful, takes and gives no",
          "# resource, reference or dataset and is not internal, without those that were found to",
          "# touch files, debuggers, Python or other runs; and the few stateful ones that models need",
          "# and that are harmless. Ops that are not in this list are refused by name.");

  @Test
  void theListIsWhatTheRuleMakes() throws IOException {
    var allowed = new TreeSet<String>();
    for (OpDef op : RegisteredOps.all().values()) {
      if (isAllowed(op)) {
        allowed.add(op.getName());
      }
    }
    if (Boolean.getBoolean("stoker.rewriteAllowedOps")) {
      var lines = new ArrayList<>(HEADER);
      lines.addAll(allowed);
      Files.write(LIST, lines);
    }
    List<String> listed =
        Files.readAllLines(LIST).stream().filter(line -> !line.startsWith("#")).toList();
    assertThat(listed).containsExactlyElementsOf(allowed);
    assertThat(listed).hasSizeGreaterThan(700);
  }

  @Test
  void everyExceptionOfTheRuleIsARegisteredOp() {
    assertThat(RegisteredOps.all().keySet()).containsAll(PURE_ENOUGH);
  }

  @Test
  void whatTouchesTheWorldIsNotListed() {
    assertThat(
            List.of(
                "ReadFile",
                "WriteFile",
                "MatchingFiles",
                "SaveV2",
                "RestoreV2",
                "PyFunc",
                "PyFuncStateless",
                "EagerPyFunc",
                "DebugIdentity",
                "PrintV2",
                "RemoteCall",
                "TFRecordDataset",
                "RpcCall",
                "ImmutableConst",
                "LoadAndRemapMatrix",
                "Abort",
                "WriteHistogramSummary",
                "InitializeTableFromTextFileV2",
                "XlaCustomCallV2"))
        .noneMatch(OpPolicy::isPure);
  }

  private static boolean isAllowed(OpDef op) {
    String name = op.getName();
    if (PURE_ENOUGH.contains(name)) {
      return true;
    }
    if (name.startsWith("_") || op.getIsStateful() || IMPURE.matcher(name).matches()) {
      return false;
    }
    var arguments = new ArrayList<>(op.getInputArgList());
    arguments.addAll(op.getOutputArgList());
    for (OpDef.ArgDef argument : arguments) {
      if (argument.getIsRef() || argument.getType() == DataType.DT_RESOURCE) {
        return false;
      }
      if (argument.getType() == DataType.DT_VARIANT && !PURE_VARIANT.matcher(name).matches()) {
        return false;
      }
    }
    return true;
  }
}
