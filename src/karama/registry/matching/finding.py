"""Finding persons entered twice: frames in, frames out; no database.

Splink 5 writes the queries, DuckDB runs them.  A register of millions of persons is not compared pair by pair: only
entries that agree on one of `BLOCKS` are.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import polars as pl

from karama.registry.matching.comparisons import BLOCKS, COMPARISONS, Comparison, Level
from karama.registry.matching.letters import arabic_letters, bones, latin_sound

if TYPE_CHECKING:
    from collections.abc import Iterable

THRESHOLD = 0.7
"""Probability from which a pair is put to a person."""

EXPECTED_SHARE = 0.01
"""Share of persons expected to stand twice: an assumption; it moves every probability together."""

ENTRY_COLUMNS = (
    "person_id",
    "family_name_fr",
    "given_name_fr",
    "family_name_ar",
    "given_name_ar",
    "sex",
    "birth_date",
    "birth_commune",
    "commune",
    "mother_idcs",
)
"""Columns of an entry; anything but the identifier may be unknown."""


def contradicting_entries(entries: pl.DataFrame) -> pl.DataFrame:
    """Entries of one file that bear the same IDCS and do not say the same.

    Args:
        entries: ``idcs`` and any civil facts, one row per line of the file.

    Returns:
        ``idcs`` and ``columns``, the names of the columns that differ; one row per IDCS.  An unknown value contradicts
        nothing.
    """
    told = [name for name in entries.columns if name != "idcs"]
    counted = entries.group_by("idcs", maintain_order=True).agg(pl.col(name).drop_nulls().n_unique() for name in told)
    differing = pl.concat_list(pl.when(pl.col(name) > 1).then(pl.lit(name)) for name in told).list.drop_nulls()
    return counted.select("idcs", columns=differing).filter(pl.col("columns").list.len() > 0)


def probable_duplicates(entries: pl.DataFrame, *, threshold: float = THRESHOLD) -> pl.DataFrame:
    """Pairs of entries that are probably one person.

    Args:
        entries: `ENTRY_COLUMNS`, one row per person; empty texts are unknown.
        threshold: least probability of a pair returned.

    Returns:
        ``left``, ``right`` (identifiers, the lower first), ``probability``, ``weight`` (bits, all comparisons and the
        prior), and for each comparison its code with ``_level`` (code of the level) and ``_weight`` (bits); the most
        probable first.
    """
    names = [f"{one.code}_{what}" for one in COMPARISONS for what in ("level", "weight")]
    if len(entries) < 2:  # noqa: PLR2004 - a pair
        return _nothing(names)
    import duckdb  # noqa: PLC0415 - asked for by a search only, as is Splink, which takes a second to load
    from splink import Linker  # noqa: PLC0415
    from splink.backends.duckdb import DuckDBAPI  # noqa: PLC0415

    with duckdb.connect() as connection:
        database = DuckDBAPI(connection)
        keyed = database.register(keys(entries).to_arrow(), dataset_display_name="entries")
        linker = Linker(keyed, _settings(len(entries)), log_level=None)
        found = linker.inference.predict(threshold_match_probability=threshold, warning_mode="never")
        table = found.as_duckdbpyrelation().to_arrow_table()
    return _told(pl.DataFrame(table), names)


def keys(entries: pl.DataFrame) -> pl.DataFrame:
    """Entries with the keys they are compared by; each different name is read once."""
    told = entries.select(
        pl.col("person_id").alias("unique_id"),
        *(_known(entries, name) for name in ENTRY_COLUMNS if name != "person_id"),
    )
    for name, family in (("given", False), ("family", True)):
        latin, arabic = told[f"{name}_name_fr"], told[f"{name}_name_ar"]
        sounds = _mapped(latin, lambda text, family=family: latin_sound(text, family=family))
        letters = _mapped(arabic, lambda text, family=family: arabic_letters(text, family=family))
        consonants = _mapped(sounds, lambda sound: bones(sound, None)).fill_null(
            _mapped(letters, lambda text: bones(None, text))
        )
        told = told.with_columns(
            sounds.alias(f"{name}_sound"),
            letters.alias(f"{name}_letters"),
            consonants.alias(f"{name}_bones"),
            sounds.fill_null(letters).alias(f"{name}_key"),
            consonants.str.head(1).alias(f"{name}_initial"),
        )
    # Where the names are swapped, a family name with its article stands in the place of a given name.
    stripped = _mapped(told["given_name_fr"], lambda text: bones(latin_sound(text, family=True), None)).fill_null(
        told["given_bones"]
    )
    return told.with_columns(
        birth_year=pl.col("birth_date").dt.year(),
        birth_month=pl.col("birth_date").dt.strftime("%Y%m"),
        birth_day=pl.col("birth_date").dt.strftime("%m%d"),
        names_bones=pl.min_horizontal(stripped, "family_bones") + "|" + pl.max_horizontal(stripped, "family_bones"),
    )


def _known(entries: pl.DataFrame, name: str) -> pl.Expr:
    """A column in which an empty text is unknown."""
    column = pl.col(name)
    if entries.schema[name] != pl.String:
        return column
    return pl.when(column.str.strip_chars() != "").then(column)


def _mapped(column: pl.Series, change: Any) -> pl.Series:  # noqa: ANN401 - a function of a text or nothing
    """The column with every different text changed once."""
    texts = column.drop_nulls().unique()
    changed = pl.Series([change(text) for text in texts], dtype=pl.String)
    return column.replace_strict(texts, changed, default=None, return_dtype=pl.String)


def _settings(entries: int) -> dict[str, Any]:
    """Splink's settings: the comparisons, what is compared at all, and how rare a duplicate is."""
    return {
        "link_type": "dedupe_only",
        "probability_two_random_records_match": min(0.5, 2 * EXPECTED_SHARE / (entries - 1)),
        "comparisons": [_comparison(one) for one in COMPARISONS],
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": " AND ".join(f"l.{name} = r.{name}" for name in block)} for block in BLOCKS
        ],
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": True,
    }


def _comparison(one: Comparison) -> dict[str, Any]:
    return {"output_column_name": one.code, "comparison_levels": [_level(level) for level in one.levels]}


def _level(level: Level) -> dict[str, Any]:
    told: dict[str, Any] = {"sql_condition": level.condition, "label_for_charts": level.code}
    if level.same is None:
        return told | {"is_null_level": True}
    told |= {"m_probability": level.same, "u_probability": level.different}
    if level.frequency:
        told |= {"tf_adjustment_column": level.frequency, "disable_tf_exact_match_detection": True}
    return told


def _told(pairs: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """Splink's answer in our words."""
    columns = [
        pl.min_horizontal("unique_id_l", "unique_id_r").alias("left"),
        pl.max_horizontal("unique_id_l", "unique_id_r").alias("right"),
        pl.col("match_probability").alias("probability"),
        pl.col("match_weight").alias("weight"),
    ]
    for one in COMPARISONS:
        codes = [level.code for level in one.levels if level.same is not None]
        # Splink numbers the levels from the last (0) to the first; the level that says nothing is -1.
        numbers = {-1: "unknown"} | {len(codes) - 1 - place: code for place, code in enumerate(codes)}
        columns += [
            pl.col(f"gamma_{one.code}").replace_strict(numbers, return_dtype=pl.String).alias(f"{one.code}_level"),
            sum((pl.col(name) for name in pairs.columns if _weighs(name, one.code)), pl.lit(0.0)).alias(
                f"{one.code}_weight"
            ),
        ]
    told = pairs.select(columns).sort("weight", "left", "right", descending=[True, False, False])
    return told.select("left", "right", "probability", "weight", *names)


def _weighs(column: str, code: str) -> bool:
    """Whether a column of Splink's holds bits of this comparison: its own, or those of a name's frequency."""
    return column in {f"mw_{code}", f"mw_tf_adj_{code}"}


def _nothing(names: Iterable[str]) -> pl.DataFrame:
    texts = {"left", "right", *(name for name in names if name.endswith("_level"))}
    columns = ("left", "right", "probability", "weight", *names)
    return pl.DataFrame(schema={name: pl.String() if name in texts else pl.Float64() for name in columns})


logging.getLogger("splink").setLevel(logging.WARNING)  # it tells how long each step took
