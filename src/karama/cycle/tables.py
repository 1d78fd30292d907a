"""The tables of a month folder: file, key, columns and their meaning, in the order in which they are written.

The law adds its own columns to two of them: ``decisions`` carries every household column of the graph and what it
reads, ``persons_trace`` the same for each person.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column of a month folder: its type as DuckDB names it, and what it says."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """One file of a month folder; ``key`` orders its rows, ``traced`` says that the law's own columns follow."""

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    traced: bool = False

    @property
    def file(self) -> str:
        """Name of the file."""
        return f"{self.name}.parquet"

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the fixed columns."""
        return tuple(column.name for column in self.columns)

    @property
    def nothing(self) -> str:
        """The query of the fixed columns without a row."""
        values = (("[]" if column.type == CODES else "NULL", column) for column in self.columns)
        named = ", ".join(f'CAST({value} AS {column.type}) AS "{column.name}"' for value, column in values)
        return f"SELECT {named} WHERE false"


TEXT, COUNT, CENTIMES, CODES = "VARCHAR", "BIGINT", "BIGINT", "VARCHAR[]"
_HOUSEHOLD_ID = Column("household_id", TEXT, "the household; empty for a child in care")
_ESTABLISHMENT_ID = Column("establishment_id", TEXT, "the social protection establishment; empty for a household")
_COMMUNE = Column("commune", TEXT, "nine-digit HCP code; the first five are the province, the first two the region")
_MONTH = Column("month", "DATE", "first day of the month decided")
_ELIGIBLE = Column("eligible", "BOOLEAN", "whether every condition holds")
_REASONS = Column("reasons", CODES, "codes of all the conditions that do not hold, in the order of the law")

DECISIONS = Table(
    "decisions",
    "one row per household of the register without a row at fault",
    ("household_id",),
    (
        Column("household_id", TEXT, "the household"),
        _MONTH,
        _ELIGIBLE,
        Column("aid", TEXT, "kind of aid, `none` without right"),
        Column("amount_centimes", CENTIMES, "what the month gives, the sum of the household's lines"),
        _REASONS,
        Column("milieu", TEXT, "urban or rural"),
        _COMMUNE,
        Column("members", COUNT, "persons present in the month"),
    ),
    traced=True,
)

WARD_DECISIONS = Table(
    "ward_decisions",
    "one row per child in a social protection establishment, from the month in which that aid exists",
    ("person_id",),
    (
        Column("person_id", TEXT, "the child"),
        Column("establishment_id", TEXT, "the social protection establishment"),
        _MONTH,
        _ELIGIBLE,
        Column("aid", TEXT, "`institution`, or `none` without right"),
        Column("amount_centimes", CENTIMES, "what the month adds in the child's name"),
        _REASONS,
        _COMMUNE,
    ),
    traced=True,
)

LINES = Table(
    "lines",
    "one row per benefit due; a household's lines add up to its decision",
    ("household_id", "establishment_id", "person_id", "benefit"),
    (
        _HOUSEHOLD_ID,
        _ESTABLISHMENT_ID,
        Column("person_id", TEXT, "the person it is due for; empty for the household's own"),
        Column("benefit", TEXT, "formula of the law that gives it"),
        Column("rank", "INTEGER", "rank of the child that set the amount, where a rank does"),
        Column("amount_centimes", CENTIMES, "amount due, never 0"),
    ),
)

PAYMENTS = Table(
    "payments",
    "what to pay, to whom and how; all kinds but `capital_release` add up to the decisions",
    ("household_id", "establishment_id", "person_id", "kind"),
    (
        Column("payment_id", TEXT, "programme:month:who:kind, the same in every run"),
        _HOUSEHOLD_ID,
        _ESTABLISHMENT_ID,
        Column("person_id", TEXT, "the child in care; empty for a household"),
        Column(
            "kind",
            TEXT,
            "`aid` of a household; `blocked_deposit` of a child in care, `majority_top_up` what the State adds at 18,"
            " `capital_release` what was deposited and is now paid out (no new money)",
        ),
        Column(
            "channel",
            TEXT,
            "`bank_account`, `payment_establishment`, or `blocked_account` in the name of a child in care",
        ),
        Column("account", TEXT, "account to credit, where the register has one"),
        Column("amount_centimes", CENTIMES, "amount to pay"),
        Column("held", TEXT, "why it cannot go out yet (`account_missing`); empty when it can"),
    ),
)

CHANGES = Table(
    "changes",
    "who enters, leaves, receives more or less than in the previous month, and why",
    ("household_id", "establishment_id", "person_id"),
    (
        _HOUSEHOLD_ID,
        _ESTABLISHMENT_ID,
        Column("person_id", TEXT, "the child in care; empty for a household"),
        Column("kind", TEXT, "`entry`, `exit`, `increase` or `decrease`"),
        Column("reasons", CODES, "at least one code; the list is below"),
        Column("aid_before", TEXT, "kind of aid in the previous month"),
        Column("aid_after", TEXT, "kind of aid now"),
        Column("amount_before_centimes", CENTIMES, "amount of the previous month"),
        Column("amount_after_centimes", CENTIMES, "amount now"),
    ),
)

TERRITORY = Table(
    "territory",
    "totals of the decisions by commune, milieu and kind of aid; all of them add up",
    ("commune", "milieu", "aid"),
    (
        Column("region", TEXT, "first two digits of the commune"),
        Column("province", TEXT, "first five digits of the commune"),
        _COMMUNE,
        Column("milieu", TEXT, "urban or rural; empty for children in care"),
        Column("aid", TEXT, "kind of aid, `none` for those without right"),
        Column("families", COUNT, "households; 0 for children in care"),
        Column("children", COUNT, "counted children, children in care with an aid"),
        Column("persons", COUNT, "persons present in those households, children in care"),
        Column("amount_centimes", CENTIMES, "sum of the amounts"),
    ),
)

REJECTED = Table(
    "rejected",
    "rows of the register at fault; a household with one of them is not decided",
    ("file", "key", "column", "rule", "row", "value"),
    (
        Column("file", TEXT, "file of the register"),
        Column("row", COUNT, "row in that file, the first is 1"),
        Column("household_id", TEXT, "the household left undecided; empty when the row names none"),
        Column("key", TEXT, "household or person of the row"),
        Column("column", TEXT, "column at fault"),
        Column("value", TEXT, "value found"),
        Column("rule", TEXT, "code of the rule broken; the list is below"),
        Column("remedy", TEXT, "what to do"),
    ),
)

PERSONS_TRACE = Table(
    "persons_trace",
    "one row per person of the households decided: what the law read and computed",
    ("household_id", "person_id"),
    (Column("household_id", TEXT, "the household"), Column("person_id", TEXT, "the person")),
    traced=True,
)

TABLES = (DECISIONS, WARD_DECISIONS, LINES, PAYMENTS, CHANGES, TERRITORY, REJECTED, PERSONS_TRACE)
TABLE_NAMED = {table.name: table for table in TABLES}
MANIFEST = "manifest.json"
