package io.stoker.pipeline;

/** Where threads of the pool report what is not one region's fault. Thread-safe. */
interface Faults {
  /** Fails one task with that cause; its work ends. */
  void fail(Client client, Throwable cause);

  /** Fails every task: the pipeline is of no use any more. */
  void broken(PipelineException cause);
}
