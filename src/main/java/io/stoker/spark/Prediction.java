package io.stoker.spark;

import io.stoker.plan.SplitPlan.Split;
import io.stoker.runtime.CheckedJob;
import io.stoker.runtime.PredictSpec;
import io.stoker.runtime.PreparedJob;
import io.stoker.runtime.RefusedException;
import io.stoker.runtime.Runtimes;
import io.stoker.storage.UriResolver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * A job that is ready: the rows are predicted when somebody asks for them, each time.
 *
 * @param job what executors get
 * @param schema of the rows
 * @param splits one a task
 * @param cluster what executors have, as far as the driver knows
 * @param memory what executors take beside their heap; null in local mode
 * @param shipped the job on its way
 * @param rows the output
 */
record Prediction(
    PreparedJob job,
    StructType schema,
    List<Split> splits,
    ClusterResources cluster,
    @Nullable MemoryNeed memory,
    ShippedJob shipped,
    Dataset<Row> rows) {

  /**
   * Makes a job of a numbered manifest.
   *
   * @param run id of the run
   * @param totals gets the tasks' reports, or null
   * @throws StokerException if it is refused, with all problems
   */
  static Prediction of(
      SparkSession spark,
      Engine engine,
      NumberedManifest manifest,
      PreparedJob job,
      String run,
      @Nullable RunTotals totals) {
    var problems = new ArrayList<String>();
    StructType schema =
        OutputSchema.of(manifest.schema(), job.columns(), manifest.base(), problems);
    if (!problems.isEmpty()) {
      throw StokerException.refused(problems);
    }
    var context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    ClusterResources executors = ClusterResources.of(context);
    MemoryNeed memory = executors.isLocal() ? null : memory(context, executors, job, problems);
    ClusterResources cluster =
        memory == null ? executors : executors.withMemoryBytes(memory.jobBytes());
    boolean gpu = cluster.gpus() > 0 || job.spec().resources().device() == PredictSpec.Device.GPU;
    if (problems.isEmpty()) {
      problems.addAll(
          Runtimes.memoryProblems(
              job, cluster.each(cluster.gpus() > 0 ? List.of("0") : List.of(), Map.of()), gpu));
    }
    if (!problems.isEmpty()) {
      throw StokerException.refused(problems);
    }
    List<Split> splits = Splits.cut(manifest, job.batch(cluster.gpus() > 0), cluster.slots());
    ShippedJob shipped = ShippedJob.ship(context, job);
    var task =
        new PredictPartition(
            engine,
            run,
            shipped,
            cluster,
            ClusterResources.hadoop(context.hadoopConfiguration()),
            job.filling() == PreparedJob.Filling.LOAD ? null : new UriResolver(manifest.base()),
            new OutputRows(manifest.schema().fields().length, job.columns(), job.spec().labels()),
            totals);
    JavaRDD<Row> rows = split(manifest.rows(), new SplitPartitioner(splits)).mapPartitions(task);
    return new Prediction(
        job, schema, splits, cluster, memory, shipped, spark.createDataFrame(rows, schema));
  }

  /**
   * What executors take beside their heap; where nobody said how much the job may take, as much as
   * there is room for.
   *
   * @param problems gets why they would be killed
   */
  private static MemoryNeed memory(
      JavaSparkContext context,
      ClusterResources executors,
      PreparedJob job,
      List<String> problems) {
    long asked = job.spec().resources().memoryBytes();
    MemoryNeed wanted =
        MemoryNeed.of(
            context.getConf(),
            asked == 0 ? executors.memoryBytes() : asked,
            job.model().graph().length,
            executors.gpus() > 0);
    if (!MemoryNeed.isEnforced(context.master())) {
      return wanted;
    }
    MemoryNeed need = asked == 0 ? wanted.fitted() : wanted;
    String problem = need.problem();
    if (problem != null) {
      problems.add(problem);
    }
    return need;
  }

  /**
   * Checks model and flags.
   *
   * @param problems gets what is wrong, all of it
   * @return null if there are problems
   */
  static @Nullable CheckedJob check(
      SparkSession spark, Engine engine, PredictSpec spec, List<String> problems) {
    var context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    int cores = context.isLocal() ? ClusterResources.of(context).cores() : 0;
    var ours = new ArrayList<String>();
    GpuMemory.check(context.getConf(), spec.resources().gpuMemoryFraction(), ours);
    ConfReview.checkGpus(context.getConf(), ours);
    problems.addAll(ours);
    try {
      CheckedJob job =
          engine.check(spec, cores, ClusterResources.hadoop(context.hadoopConfiguration()));
      return ours.isEmpty() ? job : null;
    } catch (RefusedException e) {
      problems.addAll(e.problems());
      return null;
    }
  }

  /**
   * Makes the job ready for its regions.
   *
   * @throws StokerException if it is refused
   */
  static PreparedJob prepare(CheckedJob job, NumberedManifest manifest) {
    try {
      return job.prepare(manifest.shapes());
    } catch (RefusedException e) {
      throw StokerException.refused(e.problems());
    }
  }

  /** One partition a split, in the order of the ids. */
  private static JavaRDD<Row> split(Dataset<Row> manifest, SplitPartitioner partitioner) {
    return manifest
        .javaRDD()
        .map(Prediction::bare)
        .keyBy(PlanRows::id)
        .repartitionAndSortWithinPartitions(partitioner)
        .values();
  }

  /** Without its schema, which Kryo would otherwise write again with every row. */
  private static Row bare(Row row) {
    var values = new Object[row.length()];
    for (int i = 0; i < values.length; i++) {
      Object value = row.get(i);
      values[i] = i == PlanRows.MANIFEST ? bareStruct((Row) value) : value;
    }
    return RowFactory.create(values);
  }

  private static Row bareStruct(Row row) {
    var values = new Object[row.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = row.get(i);
    }
    return RowFactory.create(values);
  }
}
