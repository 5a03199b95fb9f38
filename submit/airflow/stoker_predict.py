"""A day's regions each night, by spark-submit on YARN.

What of this was run: compiled by Python, its flags checked by a test. What not: Airflow itself.
Needs apache-airflow-providers-apache-spark, and a connection ``spark_default`` that names the
master and client mode: then the task fails by Stoker's exit code.
"""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator

STOKER = "/opt/stoker"

with DAG(
    dag_id="stoker_predict",
    start_date=datetime(2026, 1, 1),
    schedule="@daily",
    catchup=False,
    # Two runs would share the GPUs and be slower than one after the other.
    max_active_runs=1,
) as dag:
    SparkSubmitOperator(
        task_id="predict",
        name="stoker-{{ ds }}",
        application=f"{STOKER}/stoker-job.jar",
        java_class="io.stoker.cli.Main",
        jars=f"{STOKER}/natives/javacpp.jar,{STOKER}/natives/tensorflow.jar",
        properties_file=f"{STOKER}/conf/gpu.conf",
        application_args=[
            "predict",
            "--manifest=s3a://images/{{ ds }}/manifest.parquet",
            "--model=s3a://models/model.pb",
            # A folder of the day's own: a rerun of the task replaces it, or begins it anew.
            "--output=s3a://predictions/{{ ds }}",
            "--mode=overwrite",
            "--max-failures=1%",
        ],
        # Spark has tried each task four times; this is for a cluster that was gone for a while.
        retries=1,
        retry_delay=timedelta(minutes=15),
    )
