package io.stoker.tensorflow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.model.DataType;
import io.stoker.tensorflow.TensorFlowException.Code;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The wrapper of the C API. */
@Timeout(120)
final class NativeTest {
  private static final org.tensorflow.proto.DataType FLOAT = org.tensorflow.proto.DataType.DT_FLOAT;

  private NativeCounters.Open before = NativeCounters.open();

  @BeforeEach
  void count() {
    before = NativeCounters.open();
  }

  @AfterEach
  void everythingIsFreed() {
    assertThat(NativeCounters.open()).isEqualTo(before);
  }

  private static byte[] doubled() {
    return new Graphs()
        .placeholder("x", FLOAT, -1, 2)
        .floats("two", new long[] {}, 2)
        .node("Mul", "y", List.of("x", "two"), "T", FLOAT)
        .bytes();
  }

  @Test
  void aGraphComputesAndKnowsItsTensors() throws Exception {
    try (var graph = NativeGraph.of(doubled());
        var session = NativeSession.open(graph, Graphs.config());
        var runner = session.runner(List.of("x:0"), List.of("y"), List.of("two"));
        var x = NativeTensor.floats(new long[] {2, 2}, 1, 2, 3, 4)) {
      assertThat(graph.type("y:0")).isEqualTo(DataType.FLOAT32);
      assertThat(graph.shape("y")).containsExactly(-1L, 2L);
      assertThat(graph.has("z")).isFalse();
      assertThat(graph.spec("out", "y:0").describe()).isEqualTo("[?, 2] float32");
      try (var y = runner.firstRun(x).get(0)) {
        float[] values = new float[4];
        y.data().asFloatBuffer().get(values);
        assertThat(values).containsExactly(2, 4, 6, 8);
        assertThat(y.shape()).containsExactly(2, 2);
        assertThat(y.type()).isEqualTo(DataType.FLOAT32);
      }
    }
  }

  @Test
  void missingTensorsAreNamed() throws Exception {
    try (var graph = NativeGraph.of(doubled());
        var session = NativeSession.open(graph, Graphs.config())) {
      assertThatThrownBy(() -> session.runner(List.of("x"), List.of("z"), List.of()))
          .isInstanceOf(TensorFlowException.class)
          .hasMessage("the graph has no node 'z'");
      assertThatThrownBy(() -> graph.type("y:1"))
          .hasMessage("the graph has no tensor 'y:1': its node has 1 outputs");
      assertThatThrownBy(() -> graph.type("y:one")).hasMessageContaining("expected NODE or");
    }
  }

  @Test
  void errorsCarryTheCodeAndTheOp() throws Exception {
    try (var graph = NativeGraph.of(doubled());
        var session = NativeSession.open(graph, Graphs.config());
        var runner = session.runner(List.of("x"), List.of("y"), List.of());
        var wrong = NativeTensor.ints(new long[] {1}, 3)) {
      assertThatThrownBy(() -> runner.run(wrong))
          .isInstanceOfSatisfying(
              TensorFlowException.class,
              e -> assertThat(e.code()).isEqualTo(Code.INVALID_ARGUMENT));
    }
    assertThat(new TensorFlowException(Code.INTERNAL, "no {{node a/b}} here").op()).hasValue("a/b");
    assertThatThrownBy(() -> NativeGraph.of("rubbish".getBytes(UTF_8)))
        .isInstanceOf(TensorFlowException.class);
  }

  @Test
  void stringsGoInAndOut() throws Exception {
    byte[] graphDef =
        new Graphs()
            .placeholder("s", org.tensorflow.proto.DataType.DT_STRING)
            .node("Identity", "t", List.of("s"), "T", org.tensorflow.proto.DataType.DT_STRING)
            .bytes();
    String text = "longer than the 22 bytes that a string holds in itself";
    for (String value : List.of("", "short", text)) {
      try (var graph = NativeGraph.of(graphDef);
          var session = NativeSession.open(graph, Graphs.config());
          var runner = session.runner(List.of("s"), List.of("t"), List.of());
          var in = NativeTensor.string(value.getBytes(UTF_8));
          var out = runner.run(in).get(0)) {
        assertThat(new String(out.strings()[0], UTF_8)).isEqualTo(value);
      }
    }
  }

  @Test
  void alignedMemoryIsUsedInPlaceAndReleasedOnce() throws Exception {
    try (var memory = NativeMemory.allocate(1000)) {
      assertThat(memory.address() % NativeMemory.ALIGNMENT).isZero();
      assertThat(memory.view(0, 1000).order()).isEqualTo(ByteOrder.nativeOrder());
      var released = new AtomicInteger();
      var argument = Deallocator.register(released::incrementAndGet);
      var tensor =
          NativeTensor.viewing(DataType.UINT8, new long[] {1000}, memory.at(0), 1000, argument);
      assertThat(tensor.address()).isEqualTo(memory.address());
      assertThat(released).hasValue(0);
      tensor.close();
      tensor.close();
      assertThat(released).hasValue(1);
    }
  }

  @Test
  void misalignedMemoryIsCopiedAndReleasedAtOnce() {
    try (var memory = NativeMemory.allocate(1000)) {
      var released = new AtomicInteger();
      var argument = Deallocator.register(released::incrementAndGet);
      try (var tensor =
          NativeTensor.viewing(DataType.UINT8, new long[] {900}, memory.at(1), 900, argument)) {
        assertThat(released).hasValue(1);
        assertThat(tensor.address()).isNotEqualTo(memory.address() + 1);
      }
      assertThat(released).hasValue(1);
    }
  }

  @Test
  void memoryOfARefusedTensorIsReleasedOnce() {
    try (var memory = NativeMemory.allocate(100)) {
      var released = new AtomicInteger();
      var argument = Deallocator.register(released::incrementAndGet);
      assertThatThrownBy(
              () ->
                  NativeTensor.viewing(
                      DataType.UINT8, new long[] {101}, memory.at(0), 100, argument))
          .hasMessage("100 bytes are too few for [101] uint8");
      assertThat(released).hasValue(1);
    }
  }

  @Test
  void anExceptionInTheReleaseStaysInJava() {
    try (var memory = NativeMemory.allocate(64)) {
      var argument =
          Deallocator.register(
              () -> {
                throw new Error("thrown on purpose, to be logged", null, false, false) {
                  private static final long serialVersionUID = 1;
                };
              });
      NativeTensor.viewing(DataType.UINT8, new long[] {64}, memory.at(0), 64, argument).close();
    }
  }

  @Test
  void memoryClosedWhileLentIsFreedWithTheLastReturn() {
    var memory = NativeMemory.allocate(64);
    memory.lend();
    memory.close();
    assertThat(NativeCounters.open().memories()).isEqualTo(before.memories() + 1);
    assertThatThrownBy(memory::lend).hasMessageContaining("used after their close");
    memory.giveBack();
  }

  @Test
  void anInterruptIsKeptUntilTheCallOnTheLargeStackIsDone() {
    Thread.currentThread().interrupt();
    assertThat(LargeStack.<Integer, RuntimeException>call("test", () -> 7)).isEqualTo(7);
    assertThat(Thread.interrupted()).isTrue();
    assertThatThrownBy(
            () ->
                LargeStack.call(
                    "test",
                    () -> {
                      throw new TensorFlowException(Code.ABORTED, "as it was thrown");
                    }))
        .isInstanceOf(TensorFlowException.class)
        .hasMessage("as it was thrown");
  }

  @Test
  void aClosedSessionRefusesRuns() throws Exception {
    try (var graph = NativeGraph.of(doubled());
        var session = NativeSession.open(graph, Graphs.config());
        var runner = session.runner(List.of("x"), List.of("y"), List.of());
        var x = NativeTensor.floats(new long[] {1, 2}, 1, 2)) {
      assertThat(session.devices().get(0).type()).isEqualTo("CPU");
      session.close();
      session.close();
      assertThatThrownBy(() -> runner.run(x))
          .isInstanceOfSatisfying(
              TensorFlowException.class, e -> assertThat(e.code()).isEqualTo(Code.CANCELLED));
    }
  }
}
