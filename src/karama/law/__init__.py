"""Floor 1: the law as dated data and pure formulas, and what it says of a household or of a register.

```python
from karama.foundation.months import Month
from karama.law import decide_household

decision = decide_household(household, Month(2026, 3))
decision.amount_centimes, decision.reasons, decision.lines
```
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from karama.foundation.errors import UnknownParameterError
from karama.law.engine.evaluate import Decision, Line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from karama.foundation.months import Month
    from karama.law.engine.explain import Explanation
    from karama.law.engine.parameters import Clock
    from karama.law.engine.programme import Programme

_MODULES = {
    "asd": "karama.law.asd",
    "asd_institution": "karama.law.asd.institution",
    "amo_tadamon": "karama.law.amo_tadamon",
    "rsu_score": "karama.law.rsu",
    "bolsa_familia": "karama.law.bolsa_familia",
    "winter_heating": "karama.law.winter_heating",
}
PROGRAMMES = tuple(_MODULES)
"""Names of the programmes known; each lives in a folder of its own."""


def programme_named(name: str) -> Programme:
    """A programme by its name.

    Raises:
        UnknownParameterError: no such programme; the known ones are listed.
    """
    if name not in _MODULES:
        message = f"no programme is called '{name}': use one of {', '.join(PROGRAMMES)}"
        raise UnknownParameterError(message)
    found: Programme = import_module(_MODULES[name]).PROGRAMME
    return found


def decide_household(
    household: Mapping[str, Any],
    month: Month,
    programme: str = "asd",
    amounts: Clock = "paid",
    parameters: Mapping[str, Any] | None = None,
) -> Decision:
    """Decide one household given as in HOUSEHOLD.json, through the generated Python function.

    ``parameters`` replaces values of the law by name, written as in its files.

    Raises:
        BadInputError: a field of the household is wrong.
        UnknownParameterError: no such programme or parameter.
    """
    from karama.law.engine.evaluate import decide_one  # noqa: PLC0415 - keeps the import of the package light

    return decide_one(programme_named(programme), household, month, amounts, parameters)


def explain(household: Mapping[str, Any], month: Month, programme: str = "asd", amounts: Clock = "paid") -> Explanation:
    """Decide one household given as in HOUSEHOLD.json and tell why; warm after the first call.

    Raises:
        BadInputError: a field of the household is wrong.
        UnknownParameterError: no such programme.
    """
    from karama.law.engine.explain import explain as explain_with  # noqa: PLC0415 - keeps the import of the package light

    return explain_with(programme_named(programme), household, month, amounts)


def decide_households(  # noqa: PLR0917 - the same order as for one household
    households: Sequence[Mapping[str, Any]],
    month: Month,
    programme: str = "asd",
    amounts: Clock = "paid",
    parameters: Mapping[str, Any] | None = None,
    places: Sequence[str] | None = None,
) -> list[Decision]:
    """Decide many households given as in HOUSEHOLD.json, through SQL in DuckDB; in the order given.

    ``places`` says where each household stands, for messages (a file and its rows, for example).

    Raises:
        BadInputError: a field of a household is wrong, or an identifier stands twice.
        UnknownParameterError: no such programme or parameter.
    """
    import duckdb  # noqa: PLC0415 - one household needs no database

    from karama.law.engine.evaluate import decide_many  # noqa: PLC0415

    with duckdb.connect() as connection:
        return decide_many(connection, programme_named(programme), households, month, amounts, parameters, places)


def decide_register(
    folder: Path, month: Month, programme: str = "asd", amounts: Clock = "paid"
) -> tuple[pa.Table, pa.Table]:
    """Decide a register folder through SQL in DuckDB.

    Returns:
        The decisions (household_id, eligible, aid, amount_centimes, reasons) and the lines (household_id, person_id,
        benefit, rank, amount_centimes), both in no particular order.
    """
    import duckdb  # noqa: PLC0415 - one household needs no database

    from karama.law.engine import evaluate  # noqa: PLC0415

    chosen = programme_named(programme)
    inputs = chosen.law.inputs
    with duckdb.connect() as connection:
        for table in filter(None, (inputs.household_table, inputs.person_table)):
            connection.read_parquet(str(folder / f"{table}.parquet")).create_view(table)
        plan = evaluate.plan_of(chosen, month, amounts)
        evaluate.run_plan(connection, plan)
        decisions = connection.execute(evaluate.decisions_sql(chosen)).to_arrow_table()
        query = evaluate.lines_sql(chosen, plan.graph)
        lines = connection.execute(query).to_arrow_table() if query else decisions.slice(0, 0)
        return decisions, lines


__all__ = [
    "PROGRAMMES",
    "Decision",
    "Line",
    "decide_household",
    "decide_households",
    "decide_register",
    "explain",
    "programme_named",
]
