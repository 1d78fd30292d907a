"""The socio-economic score (indice socio-économique, ISE) of the Registre social unifié (RSU).

``score_household`` scores one household, ``score_households`` a whole register, both with the law's own formulas.
"""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karama.foundation.errors import BadInputError
from karama.foundation.languages import Label
from karama.foundation.months import Month
from karama.law.citations import translate
from karama.law.engine.evaluate import decide_one, plan_of
from karama.law.engine.expressions import Entity
from karama.law.engine.formulas import formula, formulas_of
from karama.law.engine.graph import Law
from karama.law.engine.inputs import InputColumn, Inputs
from karama.law.engine.language import case
from karama.law.engine.parameters import ParameterSet
from karama.law.engine.programme import Programme
from karama.law.engine.types import BOOLEAN, INTEGER
from karama.law.households import check_members, with_region
from karama.law.inputs import REGISTER
from karama.law.presence import formulas as presence
from karama.law.rsu.score import formulas
from karama.law.rsu.score.variables import VARIABLES, Variable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    import duckdb

    from karama.law.engine.expressions import Node

HERE = Path(__file__).parent.parent
MOST_MAD_PER_YEAR = 999_999  # a ratio has six digits before the point


def _column(variable: Variable) -> InputColumn:
    flag = variable.kind == "flag"
    return InputColumn(
        variable.column,
        Entity.HOUSEHOLD,
        BOOLEAN if flag else INTEGER,
        variable.label,
        "RSU",
        unit={"flag": "", "count": "", "share": "members", "spending": "MAD per year"}[variable.kind],
        default=False if flag else 0,
        least=None if flag else 0,
        most=None if flag else (MOST_MAD_PER_YEAR if variable.kind == "spending" else 999),
    )


SCORE_COLUMNS = tuple(_column(variable) for variable in VARIABLES if not variable.derived)
"""The variables a household declares to the RSU, as columns of ``score_inputs``."""

_PERSONAL = ("person_id", "role", "sex", "birth_date", "death_date")
_SHARED = ("household_id", "milieu", "commune", "region", *_PERSONAL)
_KNOWN_OF_PERSONS = tuple(column.name for column in REGISTER.of(Entity.PERSON))
_KNOWN_OF_HOUSEHOLDS = (*(column.name for column in REGISTER.of(Entity.HOUSEHOLD)), "score_inputs", "members")
INPUTS = Inputs(
    columns=(*(column for column in REGISTER.columns if column.name in _SHARED), *SCORE_COLUMNS),
    household_table="scored_households",
)


def prepare(raw: dict[str, Any], month: Month, where: str) -> dict[str, Any]:
    """The household with its score variables laid flat, without what the score does not read.

    Raises:
        BadInputError: the variables are missing, unknown or of more members than there are; no head, or several.
    """
    variables, members = raw.get("score_inputs"), raw.get("members")
    if not isinstance(variables, dict):
        what = "is missing" if variables is None else f"{variables!r} is no object"
        message = f"{where}: field 'score_inputs': {what}: write {{...}} with the variables declared to the RSU"
        raise BadInputError(message)
    check_members(members, month, where)
    _check_head(members, month, where)
    _check_variables(variables, len(members) if isinstance(members, list) else 0, where)
    kept = _kept(raw, _SHARED, _KNOWN_OF_HOUSEHOLDS, where)
    if isinstance(members, list):
        members = [
            _kept(one, _PERSONAL, _KNOWN_OF_PERSONS, f"{where}: member {number}") if isinstance(one, dict) else one
            for number, one in enumerate(members, start=1)
        ]
    return {**with_region(kept, where), **variables, "members": members}


def _kept(raw: dict[str, Any], names: Sequence[str], known: Sequence[str], where: str) -> dict[str, Any]:
    """The fields the score reads; those of the other programmes may stand beside them, unknown ones may not."""
    for name in raw:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else "remove it"
            message = f"{where}: field '{name}' is unknown: {hint}"
            raise BadInputError(message)
    return {name: value for name, value in raw.items() if name in names}


def _check_head(members: object, month: Month, where: str) -> None:
    """The age of the head counts: somebody must be."""
    for one in members if isinstance(members, list) else []:
        died = one.get("death_date") if isinstance(one, dict) and one.get("role") == "head" else None
        if died and str(died)[:7] < str(month):
            message = (
                f"{where}: field 'death_date': the head died on {died}, before {month}: name the head of that month"
            )
            raise BadInputError(message)


def _check_variables(variables: dict[str, Any], members: int, where: str) -> None:
    known = {column.name: column for column in SCORE_COLUMNS}
    for name, value in variables.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else "the dictionary of columns lists the variables"
            message = f"{where}: field 'score_inputs.{name}' is unknown: {hint}"
            raise BadInputError(message)
        counts_members = known[name].unit == "members" and isinstance(value, int)
        if counts_members and value > members:
            message = f"{where}: field 'score_inputs.{name}': {value} of {members} members: correct the number"
            raise BadInputError(message)


@formula(
    entity=Entity.HOUSEHOLD,
    label=Label("indice calculé", "مؤشر محسوب", "score computed"),
    reference=formulas.REFERENCE,
)
def has_members(household_size: Node) -> Node:
    """A household without members has no score."""
    return household_size > 0


@formula(
    entity=Entity.HOUSEHOLD,
    label=Label("nature", "النوع", "kind"),
    reference=formulas.REFERENCE,
)
def kind(has_members: Node) -> Node:
    """Scored, or not."""
    return case((has_members, "scored"), otherwise="none")


PROGRAMME = Programme(
    name="rsu_score",
    label=Label("Indice socio-économique (RSU)", "المؤشر الاجتماعي والاقتصادي", "Socio-economic score (RSU)"),
    description=Label(
        "Indice du Registre social unifié (décret 2-21-582) ; plus bas, plus pauvre.",
        "مؤشر السجل الاجتماعي الموحد (المرسوم 2.21.582)؛ كلما انخفض كانت الأسرة أفقر.",
        "Score of the single social registry (decree 2-21-582); the lower, the poorer.",
    ),
    currency="MAD",
    law=Law(
        INPUTS,
        [*formulas_of(presence, formulas), has_members, kind],
        ParameterSet.load(HERE / folder / "parameters.yaml" for folder in ("presence", "rsu/score")),
    ),
    conditions=(),
    benefits=(),
    first_month=Month(2021, 8),
    trace=("computed_score", "base_contribution", "household_size", *(one.name for one in formulas.CONTRIBUTIONS)),
    eligible="has_members",
    aid="kind",
    amount=None,
    prepare=prepare,
    translate=translate,
    aid_labels={
        "scored": Label("ménage noté", "أسرة لها مؤشر", "household scored"),
        "none": Label("sans indice", "بدون مؤشر", "no score"),
    },
)


def score_household(household: dict[str, Any], month: Month, where: str | None = None) -> Decimal:
    """The score of one household given with its ``score_inputs``, to nine places.

    Raises:
        BadInputError: a field is unknown, missing or impossible.
    """
    score: Decimal = decide_one(PROGRAMME, household, month, where=where).values["computed_score"]
    return score


def score_households(connection: duckdb.DuckDBPyConnection, month: Month) -> None:
    """Score a register held in DuckDB.

    Reads the tables or views ``households`` (household_id, milieu, region), ``persons`` and ``score_inputs`` of the
    connection; writes the temporary table ``scores`` (household_id, score DECIMAL(12,9)), one row per household.
    """
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW scored_households AS"
        " SELECT h.milieu, h.region, h.commune, s.* FROM households h JOIN score_inputs s USING (household_id)"
    )
    query = plan_of(_SCORE_ONLY, month).single_query(Entity.HOUSEHOLD, ["household_id", "computed_score"])
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE scores AS"
        f" SELECT household_id, CAST(computed_score AS DECIMAL(12, 9)) AS score FROM ({query.sql('duckdb')})"
    )


_SCORE_ONLY = Programme(
    name="rsu_score",
    label=PROGRAMME.label,
    description=PROGRAMME.description,
    currency="MAD",
    law=PROGRAMME.law,
    conditions=(),
    benefits=(),
    first_month=PROGRAMME.first_month,
    trace=("computed_score",),
    eligible="has_members",
    aid="kind",
    amount=None,
)
"""The score alone, without keeping each contribution."""
