"""A refresh of the scores on a register, seen before it happens: who would leave, who would enter, softer rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from karama.foundation.errors import BadInputError
from karama.foundation.languages import Label
from karama.simulation.scenario import Scenario
from karama.simulation.score_refresh import preview_refresh
from karama.simulation.tables import in_mad, text_table

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path

    from karama.simulation.reform.country import Country, Decided
    from karama.simulation.score_refresh import RefreshPreview, RefreshSettings

REFRESH = "refresh"
_NAME = Label("nouveaux indices", "المؤشرات الجديدة", "new scores")
_COLUMNS = ("household_id", "score", "size", "commune", "milieu")


def preview_scores(country: Country, scores: Path, settings: RefreshSettings | None = None) -> RefreshPreview:
    """Preview the scores of a file (Parquet or CSV of ``household_id`` and ``score``) on a register.

    Raises:
        BadInputError: the scores do not fit the register, or the register lacks a column.
    """
    homes = country.homes
    for name in _COLUMNS:
        if not homes.has(name):
            raise BadInputError(f"{homes.folder}: households.parquet: column '{name}' is missing for the preview")
    before = country.baseline()
    after = country.decide(Scenario("new-scores", _NAME, scores=scores))
    register = pl.DataFrame(pl.from_arrow(homes.read(*_COLUMNS))).with_columns(
        province=pl.col("commune").str.head(5),
        region=pl.col("commune").str.head(2),
        amount_centimes=pl.Series(regular_amounts(before)),
    )
    refreshed = pl.DataFrame(
        pl.from_arrow(homes.connection.execute("SELECT household_id, score FROM new_scores").to_arrow_table())
    )
    decided = register.select("household_id", amount_centimes=pl.Series(regular_amounts(after)))
    return preview_refresh(
        register, refreshed, decided, threshold=_threshold(country), share=homes.share, settings=settings
    )


def regular_amounts(decided: Decided) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """What each household has in a regular month, in centimes: the benefits that are not of one month."""
    totals = [decided.outcome.columns[name] for name in decided.regular]
    regular = np.add.reduce([one.astype(np.int64) for one in totals], axis=0)
    found: np.ndarray[tuple[int], np.dtype[np.int64]] = regular[decided.outcome.case]
    return found


def _threshold(country: Country) -> Decimal:
    """The threshold that a condition of the programme compares a score with."""
    parameters = country.law.law.parameters.by_name
    for one in country.law.conditions:
        found = parameters.get(one.required or "")
        if found is not None and found.kind == "decimal":
            value: Decimal = found.at(country.month, country.amounts).value  # type: ignore[assignment]
            return value
    raise BadInputError(
        f"programme '{country.law.name}' compares no score with a threshold: there is nothing to preview"
    )


def refresh_text(preview: RefreshPreview, country: Country) -> str:
    """Who moves in the country and by region, and the softer rules with their cost, in plain lines."""
    manifest = country.manifest()
    made_up = "; SYNTHETIC register" if manifest["synthetic"] else ""
    everywhere = preview.territories.filter(pl.col("level").is_in(["country", "region"]))
    parts = [
        f"new scores at the threshold {preview.threshold}, {country.month}; register {manifest['register']}{made_up}",
        text_table(in_mad(everywhere)),
        text_table(in_mad(preview.distances)),
        "softer rules (proposals, not law) and their cost until the next refresh",
        text_table(in_mad(preview.options)),
    ]
    return "\n\n".join(parts) + "\n"
