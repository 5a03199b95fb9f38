package io.stoker.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.TensorProto;

/** What must not reach native code. */
@Timeout(60)
final class GraphChecksTest {
  private static final AttrValue FLOAT = Nodes.type(DataType.DT_FLOAT);

  /** x, then so many nodes in a row; the last is {@code nCOUNT}. */
  private static GraphDef chain(int count) {
    var graph = GraphDef.newBuilder();
    graph.addNode(Nodes.placeholder("n0", DataType.DT_FLOAT, Nodes.shape(1)));
    for (int i = 1; i <= count; i++) {
      graph.addNode(Nodes.node("Tanh", "n" + i, "n" + (i - 1)).putAttr("T", FLOAT));
    }
    return graph.build();
  }

  @Test
  void theLongestChainThatPassesRuns() throws Exception {
    int count = GraphChecks.MAX_DEPTH - 1;
    GraphDef graph = chain(count);
    assertThat(GraphChecks.problems(ModelGraph.of(graph))).isEmpty();
    try (var x = NativeTensor.floats(new long[] {1}, 0)) {
      List<GraphRuns.Output> outputs =
          GraphRuns.run(graph.toByteArray(), List.of("n0"), List.of(x), List.of("n" + count));
      assertThat(outputs.get(0).floats()).containsExactly(0);
    }
  }

  @Test
  void longerChainsAreRefused() throws Exception {
    assertThat(GraphChecks.problems(ModelGraph.of(chain(200_000))))
        .containsExactly(
            "a chain of 200001 nodes, expected at most 20000: TensorFlow would overflow its stack");
  }

  @Test
  void theLoopOfAWhileIsNoCycle() throws Exception {
    var graph =
        graph(
            Nodes.node("Enter", "enter", "x"),
            Nodes.node("Merge", "merge", "enter", "next"),
            Nodes.node("Switch", "switch", "merge", "condition"),
            Nodes.node("LoopCond", "condition", "merge"),
            Nodes.node("NextIteration", "next", "switch:1"),
            Nodes.node("Exit", "out", "switch"),
            Nodes.node("Placeholder", "x"));
    assertThat(GraphChecks.problems(ModelGraph.of(graph))).isEmpty();
  }

  @Test
  void cyclesAreRefusedWithTheirNodes() throws Exception {
    var graph =
        graph(
            Nodes.node("Neg", "a", "b"), Nodes.node("Neg", "b", "^a"), Nodes.node("Neg", "c", "b"));
    assertThat(GraphChecks.problems(ModelGraph.of(graph)))
        .containsExactly(
            "nodes wait for each other in a cycle outside a while loop, among a, b, c");
  }

  @Test
  void inputsFromNowhereAreRefused() throws Exception {
    var graph = graph(Nodes.node("Neg", "a", "gone:1"), Nodes.node("NoOp", "b", "^lost"));
    assertThat(GraphChecks.problems(ModelGraph.of(graph)))
        .containsExactly(
            "inputs that name no node of the graph: a takes gone:1, b takes ^lost; the file is"
                + " damaged or was cut wrongly");
  }

  @Test
  void functionsThatCallEachOtherInACircleAreRefused() throws Exception {
    var graph = graph(call("start", "f")).toBuilder();
    graph.getLibraryBuilder().addFunction(function("f", "g")).addFunction(function("g", "f"));
    assertThat(GraphChecks.problems(ModelGraph.of(graph.build())))
        .containsExactly("functions call themselves, directly or through each other: f, g");
  }

  @Test
  void functionsThatDoubleUntilTheyExplodeAreRefused() throws Exception {
    var graph = graph(call("start", "f0")).toBuilder();
    for (int i = 0; i < 60; i++) {
      String next = "f" + (i + 1);
      graph.getLibraryBuilder().addFunction(function("f" + i, next, next));
    }
    graph.getLibraryBuilder().addFunction(function("f60"));
    assertThat(GraphChecks.problems(ModelGraph.of(graph.build())))
        .containsExactly(
            "the functions expand to more than 10000000 nodes: they call each other too often");
  }

  @Test
  void missingFunctionsAreNamed() throws Exception {
    assertThat(GraphChecks.problems(ModelGraph.of(graph(call("start", "gone")))))
        .containsExactly("functions are called that the file does not hold: gone");
  }

  @Test
  void constantsBeyondTwoGigabytesAreRefused() throws Exception {
    var gigabyte =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_FLOAT)
            .setTensorShape(Nodes.shape(1 << 28))
            .addFloatVal(1)
            .build();
    var graph =
        graph(Nodes.constant("a", gigabyte).toBuilder(), Nodes.constant("b", gigabyte).toBuilder());
    assertThat(GraphChecks.problems(ModelGraph.of(graph)))
        .containsExactly(
            "constants of 2048 MiB, expected less than 2 GiB: TensorFlow's graph files end there");
  }

  private static GraphDef graph(NodeDef.Builder... nodes) {
    var graph = GraphDef.newBuilder();
    for (NodeDef.Builder node : nodes) {
      graph.addNode(node);
    }
    return graph.build();
  }

  private static NodeDef.Builder call(String name, String function) {
    return Nodes.node("PartitionedCall", name)
        .putAttr(
            "f",
            AttrValue.newBuilder().setFunc(NameAttrList.newBuilder().setName(function)).build());
  }

  private static FunctionDef function(String name, String... callees) {
    var function = FunctionDef.newBuilder().setSignature(OpDef.newBuilder().setName(name));
    for (int i = 0; i < callees.length; i++) {
      function.addNodeDef(call("call" + i, callees[i]));
    }
    return function.build();
  }
}
