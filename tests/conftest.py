"""What every test shares: generated cases that are the same everywhere, Spark's session, the service's database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import django
import pytest
from hypothesis import HealthCheck, settings

from tests import service_database, spark_tables
from tests.journeys import browser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pyspark.sql import SparkSession

    from karama.foundation.postgres import Server

# A failure on one machine must be a failure on all of them, so generated cases are derived from the test, not drawn;
# slowness is measured by the benchmarks, not by Hypothesis on a busy machine.
settings.register_profile(
    "karama", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
settings.load_profile("karama")


def pytest_configure(config: pytest.Config) -> None:
    """The first process of a run chooses the folder of the database; no server starts before a test asks for one."""
    if not hasattr(config, "workerinput"):
        service_database.open_run()
    django.setup()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The first process ends last: it stops the server."""
    if not hasattr(config, "workerinput"):
        service_database.close_run()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """The run's server, with a template of the migrated database."""
    with service_database.server_of_the_run() as server:
        yield server


@pytest.fixture(scope="session")
def service(
    postgres: Server, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[service_database.Database]:
    """Django's connections on a database of this process; ask for ``db`` or ``own_database`` to write."""
    data = tmp_path_factory.mktemp("service")
    with (
        service_database.copy_of_the_template(postgres, f"karama_{worker_id}", data) as database,
        service_database.connected_to(database),
    ):
        yield database


@pytest.fixture
def db(service: service_database.Database) -> Iterator[service_database.Database]:
    """The service's database in one transaction, as the application's role; all is rolled back at the end."""
    with service_database.rolled_back():
        yield service


@pytest.fixture
def own_database(service: service_database.Database, tmp_path: Path) -> Iterator[service_database.Database]:
    """A database of this test alone, freshly migrated: commits are real, other processes may use it."""
    name = f"{service.name}_own"
    with (
        service_database.copy_of_the_template(service.server, name, tmp_path) as database,
        service_database.connected_to(database),
    ):
        yield database


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
    """Say at the end how many tests were not run for want of Java or a browser: it must not look as if they were."""
    reasons = [str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", [])]
    for kind in (spark_tables.NOT_RUN, browser.NOT_RUN):
        of_kind = [reason.partition("Skipped: ")[2] for reason in reasons if kind in reason]
        if of_kind:
            terminalreporter.write_line(f"{len(of_kind)} tests {of_kind[0]}", red=True, bold=True)
