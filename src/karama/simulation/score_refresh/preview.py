"""A refresh of the scores, seen before it happens: who would leave, who would enter, and what a softer rule would cost.

The law decides, not this room: the caller gives what it pays at the old and at the new scores.  Here the two answers
are compared, by territory and by distance to the threshold, and the *smoothing options* of ``score_refresh.yaml`` are
costed beside them: proposals, not law.  An option only keeps the old aid longer for those whose new score is above the
threshold; nobody loses or waits by one.  Scores are whole billionths, so the threshold's sixth decimal counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from karama.foundation.errors import BadInputError
from karama.simulation.score_refresh.smoothing import LAW, PROPOSAL, THE_LAW, refresh_settings

if TYPE_CHECKING:
    from karama.simulation.score_refresh.smoothing import RefreshSettings, Smoothing

Decided = pl.DataFrame | Callable[[pl.DataFrame], pl.DataFrame]

TERRITORIES = ("region", "province", "commune", "milieu")
COUNTRY = "country"
STATUSES = ("stays", "leaves", "enters", "outside")

_UNIT = Decimal(1_000_000_000)
_SCORE = pl.Decimal(12, 9)
_LEVELS = ((COUNTRY, pl.lit("")), *((name, pl.col(name).cast(pl.String)) for name in TERRITORIES))
_PLACES = 9
_NOT_COUNTED = ("notice_months", "months")


@dataclass(frozen=True, slots=True)
class RefreshPreview:
    """What a refresh of the scores would do; households and centimes of the country (see ``share``).

    Attributes:
        movers: one row per household that leaves, enters or has another amount: ``household_id``, the territories,
            ``status`` (stays, leaves, enters), ``old_score``, ``new_score``, ``distance`` (new score less threshold),
            ``amount_before_centimes``, ``amount_after_centimes``; of the register, never multiplied.
        territories: ``level`` (country, region, province, commune, milieu), ``territory``, then by the law's own answer
            ``stays``, ``leaves``, ``enters``, ``outside`` (households), ``persons_leaving``, ``persons_entering``,
            ``lost_centimes`` and ``gained_centimes`` a month.
        distances: ``status``, ``side`` (above the threshold, or at_or_under), ``from`` and ``to`` (null: no end), and
            of that distance of the new score to the threshold ``households``, ``persons``,
            ``amount_before_centimes``, ``amount_after_centimes``; without households that have no score.
        options: one row for the law and one per option: ``option``, ``status`` (law, or proposal, not law), ``band``,
            ``notice_months``, ``two_scores``, ``leave`` and ``persons_leaving`` (at once or after the notice),
            ``spared`` and ``persons_spared`` (who would leave by the law and does not before the next refresh),
            ``warned`` (who leaves after a notice), ``months``, ``kept_centimes`` (aid of the spared over those
            months), ``notice_centimes`` (aid of the warned), ``cost_centimes`` (both).
        by_territory: ``option``, ``level``, ``territory``, ``leave``, ``spared``, ``cost_centimes``.
        threshold: of the law.
        share: of the country's households that the register holds; figures are divided by it.
    """

    movers: pl.DataFrame
    territories: pl.DataFrame
    distances: pl.DataFrame
    options: pl.DataFrame
    by_territory: pl.DataFrame
    threshold: Decimal
    share: float


def preview_refresh(
    register: pl.DataFrame,
    refreshed: pl.DataFrame,
    decided: Decided,
    *,
    threshold: Decimal,
    share: float = 1,
    settings: RefreshSettings | None = None,
) -> RefreshPreview:
    """Compare what the law pays at the old scores with what it pays at the new ones.

    Args:
        register: ``household_id``, ``score`` in force (Decimal, null without one), ``amount_centimes`` that the law
            gives in a regular month, ``size``, ``region``, ``province``, ``commune``, ``milieu``.
        refreshed: ``household_id`` and new ``score``; who is not in it keeps the old score.
        decided: what the law gives at the new scores, as ``household_id`` and ``amount_centimes`` (0 for who is not in
            it); or a function that returns it for a frame of ``household_id`` and ``score``.
        threshold: of the law, above which a score ends the aid.
        share: as for a synthetic register; 1 for a real one.
        settings: other than those of ``score_refresh.yaml``.

    Raises:
        BadInputError: a missing column, a score that is no decimal, a household twice or unknown, an amount under 0, a
            share outside 0 to 1, two options of one name.
    """
    if not 0 < share <= 1:
        raise BadInputError(f"share {share} is not above 0 and at most 1: give the share of the register's manifest")
    settings = settings or refresh_settings()
    names = [one.name for one in (THE_LAW, *settings.options)]
    if len(set(names)) < len(names):
        raise BadInputError(
            f"smoothing options {names}: two have one name, or that of the law's own answer: rename one"
        )
    homes = _compared(register, refreshed, decided, int(threshold * _UNIT))
    leaving = homes.filter(pl.col("status") == "leaves")
    options = pl.concat(_applied(leaving, one, settings) for one in (THE_LAW, *settings.options))
    cells = homes.group_by(*TERRITORIES, "status").agg(
        pl.len().cast(pl.Int64).alias("households"),
        pl.col("size").sum(),
        (pl.col("before") - pl.col("after")).clip(lower_bound=0).sum().alias("lost_centimes"),
        (pl.col("after") - pl.col("before")).clip(lower_bound=0).sum().alias("gained_centimes"),
    )
    return RefreshPreview(
        _movers(homes, threshold),
        _grossed(pl.concat(_of_territories(cells, *place) for place in _LEVELS), share),
        _grossed(_by_distance(homes, settings.distances), share),
        _grossed(_costed(options, settings), share),
        _grossed(pl.concat(_options_of_territories(options, *place) for place in _LEVELS), share),
        threshold,
        share,
    )


def _compared(register: pl.DataFrame, refreshed: pl.DataFrame, decided: Decided, threshold: int) -> pl.DataFrame:
    """The register with both scores in billionths, both amounts, the status by the law, and the distance."""
    _require("register", register, ("household_id", "score", "amount_centimes", "size", *TERRITORIES))
    _require("refreshed", refreshed, ("household_id", "score"))
    _once("register", register)
    homes = register.select(
        "household_id",
        *TERRITORIES,
        pl.col("size").cast(pl.Int64),
        old_score=_decimal("register", register),
        before=pl.col("amount_centimes").cast(pl.Int64),
    )
    new = refreshed.select("household_id", new_score=_decimal("refreshed", refreshed))
    homes = _beside("refreshed", homes, new).with_columns(pl.coalesce("new_score", "old_score"))
    if callable(decided):
        decided = decided(homes.select("household_id", score="new_score"))
    _require("decided", decided, ("household_id", "amount_centimes"))
    after = decided.select("household_id", after=pl.col("amount_centimes").cast(pl.Int64))
    homes = _beside("decided", homes, after).with_columns(pl.col("after").fill_null(0))
    if homes.filter(pl.col("before").is_null() | (pl.min_horizontal("before", "after") < 0)).height:
        raise BadInputError("amount_centimes: an amount is missing or under 0: give 0 to who receives nothing")
    had, has = pl.col("before") > 0, pl.col("after") > 0
    return homes.with_columns(
        old=homes["old_score"].to_physical().cast(pl.Int64),
        distance=homes["new_score"].to_physical().cast(pl.Int64) - threshold,
        status=pl.when(had & has)
        .then(pl.lit("stays"))
        .when(had)
        .then(pl.lit("leaves"))
        .when(has)
        .then(pl.lit("enters"))
        .otherwise(pl.lit("outside")),
    ).with_columns(old_distance=pl.col("old") - threshold)


def _movers(homes: pl.DataFrame, threshold: Decimal) -> pl.DataFrame:
    limit = pl.lit(threshold, dtype=_SCORE)
    return homes.filter(pl.col("before") != pl.col("after")).select(
        "household_id",
        *TERRITORIES,
        "status",
        "old_score",
        "new_score",
        distance=(pl.col("new_score") - limit).cast(_SCORE),
        amount_before_centimes="before",
        amount_after_centimes="after",
    )


def _of_territories(cells: pl.DataFrame, level: str, place: pl.Expr) -> pl.DataFrame:
    """The law's own answer in the territories of one level."""

    def counted(column: str, status: str) -> pl.Expr:
        return pl.col(column).filter(pl.col("status") == status).sum()

    return (
        cells.group_by(territory=place)
        .agg(
            *(counted("households", status).alias(status) for status in STATUSES),
            counted("size", "leaves").alias("persons_leaving"),
            counted("size", "enters").alias("persons_entering"),
            pl.col("lost_centimes").sum(),
            pl.col("gained_centimes").sum(),
        )
        .select(pl.lit(level).alias("level"), pl.all())
        .sort("territory")
    )


def _by_distance(homes: pl.DataFrame, distances: Sequence[Decimal]) -> pl.DataFrame:
    """Households by what the law answers and by the distance of the new score to the threshold."""
    edges = sorted(distances)
    ends = pl.DataFrame(
        {"band": range(len(edges) + 1), "from": [Decimal(0), *edges], "to": [*edges, None]},
        schema={"band": pl.Int64, "from": _SCORE, "to": _SCORE},
    )
    size = pl.col("distance").abs()
    side = pl.when(pl.col("distance") > 0).then(pl.lit("above")).otherwise(pl.lit("at_or_under"))
    band = pl.sum_horizontal((size > int(edge * _UNIT)).cast(pl.Int64) for edge in edges)
    return (
        homes.filter(pl.col("distance").is_not_null())
        .group_by("status", side=side, band=band)
        .agg(
            pl.len().cast(pl.Int64).alias("households"),
            pl.col("size").sum().alias("persons"),
            pl.col("before").sum().alias("amount_before_centimes"),
            pl.col("after").sum().alias("amount_after_centimes"),
        )
        .join(ends, on="band")
        .sort("status", "side", "band")
        .select("status", "side", "from", "to", "households", "persons", "^amount_.*$")
    )


def _applied(leaving: pl.DataFrame, option: Smoothing, settings: RefreshSettings) -> pl.DataFrame:
    """Who would leave by the law, and what the option does for each: spared, warned, and the centimes it costs.

    Only the score's own exits are softened: who leaves at a score under the threshold leaves for another reason.
    """
    months = settings.months_to_next_refresh
    kept = pl.col("distance") <= int(option.band * _UNIT)
    if option.two_scores:
        kept |= (pl.col("old_distance") <= 0).fill_null(value=True)
    spared = (pl.col("distance") > 0) & kept
    warned = (pl.col("distance") > 0) & ~kept & (option.notice_months > 0)
    return leaving.select(
        *TERRITORIES,
        "size",
        "before",
        pl.lit(option.name).alias("option"),
        spared.fill_null(value=False).alias("spared"),
        warned.fill_null(value=False).alias("warned"),
    ).with_columns(
        kept_centimes=pl.col("before") * pl.col("spared") * months,
        notice_centimes=pl.col("before") * pl.col("warned") * min(option.notice_months, months),
    )


def _costed(applied: pl.DataFrame, settings: RefreshSettings) -> pl.DataFrame:
    """The options side by side, the law first."""
    spared, size = pl.col("spared"), pl.col("size")
    sums = applied.group_by("option").agg(
        (~spared).sum().cast(pl.Int64).alias("leave"),
        size.filter(~spared).sum().alias("persons_leaving"),
        spared.sum().cast(pl.Int64).alias("spared"),
        size.filter(spared).sum().alias("persons_spared"),
        pl.col("warned").sum().cast(pl.Int64),
        pl.col("kept_centimes", "notice_centimes").sum(),
    )
    options = (THE_LAW, *settings.options)
    named = pl.DataFrame(
        {
            "option": [one.name for one in options],
            "status": [LAW, *(PROPOSAL for _ in settings.options)],
            "band": pl.Series([one.band for one in options], dtype=_SCORE),
            "notice_months": [one.notice_months for one in options],
            "two_scores": [one.two_scores for one in options],
        }
    )
    joined = named.join(sums, on="option", how="left", maintain_order="left").with_columns(
        pl.col(*sums.columns[1:]).fill_null(0)
    )
    before_costs = joined.columns.index("kept_centimes")
    return joined.insert_column(
        before_costs, pl.Series("months", [settings.months_to_next_refresh] * len(options))
    ).with_columns(cost_centimes=pl.col("kept_centimes") + pl.col("notice_centimes"))


def _options_of_territories(applied: pl.DataFrame, level: str, place: pl.Expr) -> pl.DataFrame:
    return (
        applied.group_by("option", territory=place, maintain_order=True)
        .agg(
            (~pl.col("spared")).sum().cast(pl.Int64).alias("leave"),
            pl.col("spared").sum().cast(pl.Int64),
            (pl.col("kept_centimes") + pl.col("notice_centimes")).sum().alias("cost_centimes"),
        )
        .select("option", pl.lit(level).alias("level"), pl.exclude("option"))
        .sort("territory", maintain_order=True)
    )


def _grossed(frame: pl.DataFrame, share: float) -> pl.DataFrame:
    """Counts and centimes of the country; whole numbers, exact where 1 / share is whole."""
    if share == 1:
        return frame
    counted = [name for name, kind in frame.schema.items() if kind == pl.Int64 and name not in _NOT_COUNTED]
    return frame.with_columns((pl.col(counted) / share).round().cast(pl.Int64))


def _decimal(name: str, frame: pl.DataFrame) -> pl.Expr:
    """The scores as the law compares them: decimals of nine places."""
    kind = frame.schema["score"]
    if not isinstance(kind, pl.Decimal) or kind.scale > _PLACES:
        raise BadInputError(
            f"{name}, column 'score': {kind} where a decimal of at most nine places is needed: a floating number"
            " moves the threshold; read the column as DECIMAL(12,9)"
        )
    return pl.col("score").cast(_SCORE)


def _beside(name: str, homes: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    """The one column of a frame beside the register's rows, null where it has no row."""
    _once(name, frame)
    column = frame.columns[1]
    if frame[column].null_count():
        raise BadInputError(
            f"{name}: a household has a row without a value: leave out who keeps the old one, complete it"
        )
    if len(frame) == len(homes) and (frame["household_id"] == homes["household_id"]).all():
        return homes.hstack(frame.select(column))
    joined = homes.join(frame, on="household_id", how="left", maintain_order="left")
    if joined[column].count() < len(frame):
        unknown = frame.join(homes, on="household_id", how="anti")["household_id"][0]
        raise BadInputError(f"{name}: household '{unknown}' is not in the register: leave it out")
    return joined


def _once(name: str, frame: pl.DataFrame) -> None:
    """Each household has one row; cheaply told where they are in order."""
    names = frame["household_id"]
    twice = (names == names.shift(1)).any() if names.is_sorted() else names.n_unique() < len(names)
    if twice:
        raise BadInputError(f"{name}: a household has two rows: keep one of them")


def _require(name: str, frame: pl.DataFrame, columns: Sequence[str]) -> None:
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise BadInputError(f"{name}: column '{missing[0]}' is missing: add it")
