"""``karama demo``: a synthetic country, the law applied to it month by month, and pages that show the result."""

from __future__ import annotations

import datetime as dt
import shutil
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from karama.foundation.errors import BadInputError
from karama.foundation.months import Month

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GENERATOR = "karama demo"
FIRST_MONTH, MONTHS = "2025-10", 14
SEED = 2024
_EXPLAINED = Month(2026, 1)
"""The first month of the rates of 2026: the household explained has something to show."""


def demo_command(  # noqa: PLR0917 - Typer reads the options from the arguments
    share: Annotated[float, typer.Option(help="Share of the census's 9,275,038 households to generate.")] = 0.01,
    seed: Annotated[
        int, typer.Option(help="Seed of the synthetic register; the same seed gives the same country.")
    ] = SEED,
    port: Annotated[int, typer.Option(help="Port of the pages on this machine.", min=0, max=65535)] = 8000,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the pages at the end, until Ctrl-C.")] = True,
    out: Annotated[Path, typer.Option(help="Folder to write; a former demo there is replaced.")] = Path("demo"),
    first_month: Annotated[str, typer.Option("--from", help="First month, YYYY-MM.")] = FIRST_MONTH,
    months: Annotated[int, typer.Option(help="Number of months, at least 2.", min=2)] = MONTHS,
    service: Annotated[
        bool, typer.Option("--service/--no-service", help="Load the last month into the service too, with people.")
    ] = True,
) -> None:
    """Make a synthetic register, apply the aid to it month by month, load it into the service, show the results."""
    from karama.cli import demo_server, demo_service

    asked = list(Month.range(Month.parse(first_month), months))
    server = demo_server.make(port, out) if serve else None
    try:
        _whole_or_not_at_all(share, seed, out, asked)
        if server and not service:
            demo_server.serve(server)
    finally:
        if server:
            server.server_close()
    if service:
        code = demo_service.run(out / "register", asked[-1], out, server.server_port if server else None)
        if code:
            raise typer.Exit(code)


def _whole_or_not_at_all(share: float, seed: int, out: Path, months: Sequence[Month]) -> None:
    """Run everything; what an interruption or an error leaves is removed."""
    _empty(out, share, seed)
    try:
        _run(share, seed, out, months)
    except BaseException:
        shutil.rmtree(out, ignore_errors=True)
        raise


def _run(share: float, seed: int, out: Path, months: Sequence[Month]) -> None:
    """Everything up to the pages, with the time of each step."""
    from karama.cli.demo_text import print_report
    from karama.monitoring import Report, write_report
    from karama.monitoring.example_household import widow_with_children
    from karama.population import generate

    times: dict[str, float] = {}
    register, decided = out / "register", out / "months"
    with _timed(times, f"synthetic register of {len(months)} months"):
        generate(share=share, seed=seed, out=register, first_month=months[0], months=len(months))
    with _timed(times, f"law applied to {len(months)} months"):
        _decide(register, decided, months)
    with _timed(times, "totals and distances"):
        explained = _EXPLAINED if _EXPLAINED in months else months[-1]
        example = widow_with_children(decided, register, explained)
        report = Report.read(months=decided, register=register, example=example)
    with _timed(times, "pages"):
        pages = write_report(report, out)
    _mark(out, share, seed, finished=True)
    print_report(report, pages, times)


def _decide(register: Path, out: Path, months: Sequence[Month]) -> None:
    """Each month of the register, compared with the one before."""
    from karama.cycle import run_month
    from karama.foundation.progress import track

    previous: Path | None = None
    for month in track(months, "months of the law"):
        folder = out / str(month)
        run_month(register=register, month=month, out=folder, previous=previous)
        previous = folder


@contextmanager
def _timed(times: dict[str, float], name: str) -> Iterator[None]:
    """Note how long a step took, and say it."""
    started = time.perf_counter()
    yield
    times[name] = time.perf_counter() - started
    typer.echo(f"{name}: {times[name]:.1f} s")


def _empty(out: Path, share: float, seed: int) -> None:
    """Make the folder anew.

    Raises:
        BadInputError: it holds something that this command did not write.
    """
    from karama.foundation.storage import read_json

    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        marker = out / "manifest.json"
        if not (marker.is_file() and read_json(marker).get("generator") == GENERATOR):
            raise BadInputError(f"{out}: holds files that '{GENERATOR}' did not write; they are kept: use --out FOLDER")
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    _mark(out, share, seed, finished=False)


def _mark(out: Path, share: float, seed: int, *, finished: bool) -> None:
    """Say in the folder what it is, so that a later demo may replace it."""
    from karama.foundation.storage import write_json

    content: dict[str, Any] = {
        "generator": GENERATOR,
        "synthetic": True,
        "seed": seed,
        "share": share,
        "finished": finished,
        "made": dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds"),
    }
    write_json(out / "manifest.json", content)
