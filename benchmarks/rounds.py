"""Rounds: every variant once, in turn, each in a fresh process; then all again.  What failed is said, never hidden."""

from __future__ import annotations

import statistics
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks.measuring import Outcome, peers_python, run_apart
from benchmarks.memory import TreePeak

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.postgres_server import Server


@dataclass(frozen=True)
class Variant:
    """One way to do the work: a module of ``benchmarks/variants`` with its options."""

    name: str
    label: str
    module: str
    options: dict[str, str] = field(default_factory=dict)
    peer: bool = False
    needs_server: bool = False
    compared: bool = True  # gives amounts that must be equal


@dataclass
class Rounds:
    """The raw runs of each variant, and why some have none."""

    raw: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, Path] = field(default_factory=dict)

    def keep(self, name: str, outcome: Outcome) -> None:
        """Keep the figures, or the reason; a variant that failed once is out for good."""
        if outcome.status == "done":
            self.raw.setdefault(name, []).append(outcome.figures)
            return
        self.missing[name] = f"{outcome.status}: {outcome.why}"
        self.raw.pop(name, None)
        print(f"  !! {name} {outcome.status.upper()}: {outcome.why}", flush=True)


def run_rounds(
    variants: list[Variant],
    register: Path,
    *,
    runs: int,
    scratch: Path,
    server: Server | str,
) -> Rounds:
    """All variants in turn, ``runs`` times.  ``server`` is PostgreSQL, or why there is none."""
    rounds = Rounds()
    for number in range(runs):
        for variant in variants:
            if variant.name in rounds.missing:
                continue
            out = scratch / f"{variant.name}.parquet" if number == 0 and variant.compared else None
            outcome = run_once(variant, register, out, server)
            rounds.keep(variant.name, outcome)
            if out and outcome.status == "done":
                rounds.outputs[variant.name] = out
            print(f"  run {number + 1} of {runs}: {said(variant, outcome)}", flush=True)
    return rounds


def run_once(variant: Variant, register: Path, out: Path | None, server: Server | str) -> Outcome:
    """One variant once."""
    options = dict(variant.options)
    watched: Any = nullcontext()
    if variant.needs_server:
        if isinstance(server, str):
            return Outcome("not run", {}, server)
        options["dsn"] = server.dsn
        watched = TreePeak(server.pid)
    python = {"python": peers_python()} if variant.peer else {}
    with watched as peak:
        outcome = run_apart(variant.module, register, out=out, **python, **options)
    if peak is not None and outcome.status == "done":
        outcome.figures["server_peak_mb"] = peak.mb
    return outcome


def said(variant: Variant, outcome: Outcome) -> str:
    """One run in a line."""
    if outcome.status != "done":
        return f"{variant.name} {outcome.status}"
    figures = outcome.figures
    return f"{variant.name} {figures.get('seconds', 0):.2f} s, {memory_of(figures):.0f} MB"


def memory_of(figures: dict[str, Any]) -> float:
    """Peak memory of a run, that of the database server with it."""
    return figures["peak_mb"] + figures.get("server_peak_mb", 0)


def median_of(runs: list[dict[str, Any]], name: str = "seconds") -> float:
    """The median of a figure."""
    return statistics.median(run[name] for run in runs)


def ratio(raw: dict[str, list[dict[str, Any]]], one: str, other: str, name: str = "seconds") -> float | None:
    """Median of the ratios run by run; None when one of the two has no runs."""
    if not raw.get(one) or not raw.get(other):
        return None
    pairs = zip(raw[one], raw[other], strict=False)
    return statistics.median(own.get(name, own["seconds"]) / its.get(name, its["seconds"]) for own, its in pairs)
