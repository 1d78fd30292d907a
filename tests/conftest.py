"""What every test shares: generated cases that are the same on every machine and every day, and one Spark session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests import spark_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

# A failure on one machine must be a failure on all of them, so generated cases are derived from the test, not drawn;
# slowness is measured by the benchmarks, not by Hypothesis on a busy machine.
settings.register_profile(
    "karama", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
settings.load_profile("karama")


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """A Spark session on two cores; where Spark cannot run, the test says that it was not run."""
    if reason := spark_tables.missing():
        pytest.skip(reason)
    found = spark_tables.started()
    yield found
    found.stop()


@pytest.fixture(scope="module")
def interpreting_spark(spark: SparkSession) -> Iterator[SparkSession]:
    """The same session for the tests of one file that run many plans over a few rows each."""
    with spark_tables.interpreting(spark) as found:
        yield found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end how many tests of Spark were not run: a run without Java must not look like one with it."""
    reasons = [str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", [])]
    of_spark = [reason.partition("Skipped: ")[2] for reason in reasons if spark_tables.NOT_RUN in reason]
    if of_spark:
        terminalreporter.write_line(f"{len(of_spark)} tests {of_spark[0]}", red=True, bold=True)
