"""The plan on Spark: a session that computes as DuckDB does, and the steps as views; PySpark comes with an extra.

Spark runs the same steps, written in its own dialect by SQLGlot.  What would make it answer otherwise than DuckDB is
settled here, in the session: numbers that do not fit are errors and not unknown values (ANSI), days are days of UTC.
"""

from __future__ import annotations

import logging
import os
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from karama.foundation.errors import StorageError
from karama.law.engine.evaluate import run_steps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import SparkSession
    from sqlglot import exp

    from karama.law.engine.sql import Plan

MASTER = "KARAMA_SPARK_MASTER"
"""Environment variable that names the cluster when the call does not."""

_SAME_ANSWERS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.caseSensitive": "true",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "16384",
}
_ON_ONE_MACHINE = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "localhost",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "2g",
}


def session(
    master: str | None = None, *, memory: str | None = None, settings: Mapping[str, str] | None = None
) -> SparkSession:
    """A Spark session that computes the law as DuckDB does; the one that already runs, if there is one.

    Args:
        master: address of the cluster as Spark writes it, ``spark://host:7077`` or ``local[2]`` for example; without
            it that of ``KARAMA_SPARK_MASTER``, then what ``spark-submit`` says, then this machine.
        memory: memory of the driver, which on one machine is that of the whole work, for example ``4g``.
        settings: further settings of Spark, stronger than those given here.

    Raises:
        StorageError: PySpark is not installed, or Spark does not start (no Java, no such cluster).
    """
    if find_spec("pyspark") is None:
        raise StorageError("Spark is not installed: install Karama with its extra, 'pip install karama[spark]'")
    from pyspark.conf import SparkConf  # noqa: PLC0415 - an extra
    from pyspark.errors import PySparkException, PySparkRuntimeError  # noqa: PLC0415
    from pyspark.sql import SparkSession as Session  # noqa: PLC0415

    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)  # errors are raised to us, not printed
    given = SparkConf()
    chosen = master or os.environ.get(MASTER) or given.get("spark.master", None) or "local[*]"
    if chosen.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # the workers of this machine are this Python
    own = {**_SAME_ANSWERS, **(_ON_ONE_MACHINE | _partitions(chosen) if chosen.startswith("local") else {})}
    own = {name: value for name, value in own.items() if name in _SAME_ANSWERS or not given.contains(name)}
    own |= {"spark.driver.memory": memory} if memory else {}
    try:
        builder = Session.builder.master(chosen).appName("karama").config(map={**own, **(settings or {})})
        found = builder.getOrCreate()
    except (PySparkException, PySparkRuntimeError, OSError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        message = f"Spark does not start on '{chosen}' ({reason}): it needs Java 17 or 21 (JAVA_HOME) and that address"
        raise StorageError(message) from error
    found.sparkContext.setLogLevel("ERROR")
    return found


def _partitions(master: str) -> dict[str, str]:
    """Pieces after a shuffle on one machine: two for each core, against the 200 of a cluster."""
    cores = master.partition("[")[2].partition("]")[0].partition(",")[0] or "1"
    count = int(cores) if cores.isdigit() else os.cpu_count() or 1
    return {"spark.sql.shuffle.partitions": str(2 * count)}


def run_plan_on_spark(spark: SparkSession, plan: Plan, *, keep: bool = False) -> None:
    """Compute the plan on Spark: every step becomes a temporary view, the last ones are the results.

    The session must know the programme's input tables.  Afterwards ``household_result`` holds every household column
    of the graph and ``person_result`` every person column (absent for a programme without members), as after
    ``run_plan`` in DuckDB.  With ``keep`` each step is stored at its first use, so that later steps do not compute it
    again.
    """

    def define(name: str, query: str | exp.Expression, *, kept: bool) -> None:
        computed = spark.sql(query if isinstance(query, str) else query.sql("spark"))
        (computed.persist() if keep and kept else computed).createOrReplaceTempView(name)

    run_steps(define, plan)
