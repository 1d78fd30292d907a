"""Every variant of the benchmarks gives every household of a small register the same amount."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from benchmarks import postgres_server, registers
from benchmarks.equality import DifferentOutputsError, check_equal, moved_by_float32
from benchmarks.measuring import peers_python, run_apart
from benchmarks.parts import (
    BULK,
    CYCLE,
    GRAPH,
    LOOP,
    OPENFISCA,
    POLARS,
    POSTGRES,
    REFORM,
    REFORM_OPENFISCA,
    REFORM_SQL,
    SQL,
)
from benchmarks.rounds import Rounds, run_rounds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.postgres_server import Server
    from benchmarks.rounds import Variant

HOUSEHOLDS, SAMPLED = 2_000, 100
pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def scratch() -> Iterator[Path]:
    # Not pytest's own folder: when the tests run as root the server runs as another user, who must pass through.
    with tempfile.TemporaryDirectory(prefix="karama-benchmarks-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.fixture(scope="module")
def register(scratch: Path) -> Path:
    folder, _ = registers.prepare(register=None, households=HOUSEHOLDS, scratch=scratch, share=0.0005)
    return folder


@pytest.fixture(scope="module")
def server(register: Path, scratch: Path) -> Iterator[Server | str]:
    try:
        with postgres_server.running(scratch) as running:
            loaded = run_apart("postgres_load", register, python=peers_python(), dsn=running.dsn, sample=SAMPLED)
            yield running if loaded.status == "done" else loaded.why
    except postgres_server.NoServerError as error:
        yield str(error)


@pytest.fixture(scope="module")
def reference(register: Path, scratch: Path) -> Rounds:
    return run_rounds([SQL], register, runs=1, scratch=scratch, server="")


def outputs_of(
    variant: Variant, register: Path, scratch: Path, server: Server | str, reference: Rounds
) -> dict[str, Path]:
    """The amounts of one variant beside the hand-written SQL; a variant whose library is missing is loudly not run."""
    found = run_rounds([variant], register, runs=1, scratch=scratch, server=server)
    why = found.missing.get(variant.name, "")
    if why.startswith("not run"):
        pytest.skip(f"NOT RUN: {variant.label}: {why}")
    assert not why
    return reference.outputs | found.outputs


@pytest.mark.parametrize("variant", [GRAPH, POLARS, CYCLE], ids=lambda one: one.name)
def test_what_needs_no_other_environment_agrees_with_the_sql(
    variant: Variant, register: Path, scratch: Path, reference: Rounds
) -> None:
    equal = check_equal(outputs_of(variant, register, scratch, "", reference), "sql")
    assert equal["households"] == registers.count(register)["households"]
    assert 0 < equal["eligible"] < equal["households"]


def test_openfisca_agrees_with_the_sql(register: Path, scratch: Path, reference: Rounds) -> None:
    assert check_equal(outputs_of(OPENFISCA, register, scratch, "", reference), "sql")["eligible"] > 0


@pytest.mark.parametrize("variant", [REFORM, REFORM_OPENFISCA], ids=lambda one: one.name)
def test_every_household_gets_the_same_under_the_reforms(variant: Variant, register: Path, scratch: Path) -> None:
    by_sql = run_rounds([REFORM_SQL], register, runs=1, scratch=scratch, server="")
    equal = check_equal(outputs_of(variant, register, scratch, "", by_sql), "reform_sql")
    assert equal["households"] == 2 * registers.count(register)["households"]
    ours = run_rounds([SQL], register, runs=1, scratch=scratch, server="").outputs["sql"]
    law = duckdb.execute(f"SELECT sum(amount), count(*) FILTER (WHERE eligible) FROM '{ours}'").fetchall()[0]
    told = by_sql.raw["reform_sql"][0]
    assert told["amounts"]["cost_centimes"] > law[0]
    assert told["threshold"]["families"] > law[1]


def test_postgresql_agrees_with_the_sql(register: Path, scratch: Path, server: Server | str, reference: Rounds) -> None:
    assert check_equal(outputs_of(POSTGRES, register, scratch, server, reference), "sql")["eligible"] > 0


@pytest.mark.parametrize("variant", [LOOP, BULK], ids=lambda one: one.name)
def test_django_agrees_with_the_sql_on_the_sample(
    variant: Variant, register: Path, scratch: Path, server: Server | str, reference: Rounds
) -> None:
    outputs = outputs_of(variant, register, scratch, server, reference)
    check_equal(outputs, "sql", part_of=(variant.name,))
    assert duckdb.execute(f"SELECT count(*) FROM '{outputs[variant.name]}'").fetchall() == [(SAMPLED,)]


def test_one_differing_household_stops_the_publication(scratch: Path, reference: Rounds) -> None:
    wrong = scratch / "wrong.parquet"
    duckdb.execute(
        f"COPY (SELECT household_id, eligible, amount + (row_number() OVER () = 1)::INT AS amount"
        f" FROM '{reference.outputs['sql']}') TO '{wrong}' (FORMAT parquet)"
    )
    with pytest.raises(DifferentOutputsError, match="differ for 1 households"):
        check_equal({**reference.outputs, "wrong": wrong}, "sql")


def test_a_missing_household_is_a_difference_but_in_a_sample(scratch: Path, reference: Rounds) -> None:
    fewer = scratch / "fewer.parquet"
    duckdb.execute(f"COPY (FROM '{reference.outputs['sql']}' OFFSET 1) TO '{fewer}' (FORMAT parquet)")
    outputs = {**reference.outputs, "fewer": fewer}
    with pytest.raises(DifferentOutputsError, match="differ for 1 households"):
        check_equal(outputs, "sql")
    assert check_equal(outputs, "sql", part_of=("fewer",))["households"] > 0


def test_scores_that_float32_would_move_are_counted(tmp_path: Path) -> None:
    # float32 holds 9.743001 and 9.7430013 as the same number.
    duckdb.execute(
        "COPY (SELECT unnest([9.743001000, 9.743001300, 9.800000000])::DECIMAL(12, 9) AS score)"
        f" TO '{tmp_path / 'households.parquet'}' (FORMAT parquet)"
    )
    assert moved_by_float32(tmp_path) == 1
