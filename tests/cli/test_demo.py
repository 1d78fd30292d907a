"""`karama demo`: one command from nothing to the pages."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest
from typer.testing import CliRunner

from karama.cli import app, demo_server
from karama.foundation.errors import BadInputError, NotAllowedError
from karama.foundation.storage import read_json
from karama.record.states import Role

if TYPE_CHECKING:
    from click.testing import Result

SMALL = ["--share", "0.0005", "--seed", "3", "--from", "2025-12", "--months", "2", "--no-service"]


def run_demo(*options: str) -> Result:
    return CliRunner().invoke(app, ["demo", *options], env={"COLUMNS": "110", "NO_COLOR": "1", "TERM": "dumb"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run") / "demo"


@pytest.fixture(scope="module")
def result(folder: Path) -> Result:
    return run_demo(*SMALL, "--no-serve", "--out", str(folder))


def test_it_prints_totals_changes_distances_and_the_household_in_two_languages(result: Result) -> None:
    assert result.exit_code == 0, result.output
    for text in (
        "Totals by month (synthetic data)",
        "Changes of 2026-01 by reason (synthetic data)",
        "the law's amounts changed",
        "Distance to published figures (synthetic data)",
        "families with child aid (2025-04-18)",
        "Droit ouvert",
        "الحق مفتوح",
    ):
        assert text in result.output, text


def test_it_says_how_long_each_step_took(result: Result) -> None:
    for step in ("synthetic register of 2 months: ", "law applied to 2 months: ", "pages: ", "in all: "):
        assert any(line.startswith(step) and line.endswith(" s") for line in result.output.splitlines()), step


def test_it_leaves_the_register_the_months_the_pages_and_their_tables(result: Result, folder: Path) -> None:
    assert result.exit_code == 0
    written = {str(path.relative_to(folder)) for path in folder.rglob("*")}
    assert {"index.html", "ar.html", "en.html", "household.json", "tables/amounts.csv"} <= written
    assert {"register/2026-01/persons.parquet", "months/2026-01/decisions.parquet"} <= written
    marker = read_json(folder / "manifest.json")
    assert (marker["generator"], marker["synthetic"], marker["finished"]) == ("karama demo", True, True)


def test_the_months_it_leaves_can_be_verified(result: Result, folder: Path) -> None:
    assert result.exit_code == 0
    verified = CliRunner().invoke(app, ["cycle", "verify", str(folder / "months" / "2026-01")])
    assert verified.exit_code == 0, verified.output


def test_a_folder_it_did_not_write_is_kept(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    failed = run_demo(*SMALL, "--no-serve", "--out", str(tmp_path))
    assert isinstance(failed.exception, BadInputError)
    assert "use --out FOLDER" in str(failed.exception)
    assert (tmp_path / "letter.txt").read_text(encoding="utf-8") == "mine"


def test_a_demo_that_fails_leaves_nothing_and_replaces_a_former_one(tmp_path: Path) -> None:
    out = tmp_path / "demo"
    out.mkdir()
    (out / "manifest.json").write_text('{"generator": "karama demo"}', encoding="utf-8")
    failed = run_demo("--share", "2", "--no-serve", "--out", str(out))
    assert isinstance(failed.exception, BadInputError)
    assert not out.exists()


def test_a_port_in_use_is_refused_before_any_work_and_names_the_remedy(tmp_path: Path) -> None:
    with socket.create_server((demo_server.HOST, 0)) as other:
        port = other.getsockname()[1]
        failed = run_demo(*SMALL, "--port", str(port), "--out", str(tmp_path / "demo"))
    assert isinstance(failed.exception, BadInputError)
    assert f"port {port} is used by another program: use --port " in str(failed.exception)
    assert not (tmp_path / "demo").exists()


def test_the_folder_is_served_on_this_machine_only(result: Result, folder: Path) -> None:
    assert result.exit_code == 0
    server = demo_server.make(0, folder)
    assert server.server_address[0] == "127.0.0.1"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with urlopen(f"http://{demo_server.HOST}:{server.server_port}/") as answer:
            assert answer.headers["Content-Type"] == "text/html"
            assert "Données synthétiques" in answer.read().decode()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.long
def test_the_service_is_filled_with_a_month_of_life_and_again_from_nothing(tmp_path: Path) -> None:
    options = ["--share", "0.001", "--from", "2025-12", "--months", "2", "--no-serve", "--out", str(tmp_path / "demo")]
    data = Path(os.environ["KARAMA_DATA"]).parent / "demo"  # where the account that runs the server may go
    environment = {**os.environ, "KARAMA_DATA": str(data), "COLUMNS": "130"}
    for _ in range(2):
        command = [sys.executable, "-m", "karama", "demo", *options]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "The service holds synthetic data alone: 3 appeals late, 6 appeals on time" in done.stdout
        assert all(f" {role} " in done.stdout for role in Role)
    assert not (data / "demo" / "postgres" / "postmaster.pid").exists()


@pytest.mark.parametrize("mode", ["production", "demo"])
def test_the_database_of_another_service_is_never_removed(tmp_path: Path, mode: str) -> None:
    environment = {**os.environ, "KARAMA_DATA": str(tmp_path / "data"), "KARAMA_MODE": mode}
    words = [str(tmp_path), "2026-01", str(tmp_path)]
    command = [sys.executable, "-m", "karama.cli.demo_service", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == NotAllowedError.exit_code
    assert "is no demonstration's: its database is kept" in done.stderr
    assert not (tmp_path / "data").exists()
