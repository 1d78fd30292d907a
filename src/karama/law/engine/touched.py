"""Which of several other values of parameters would change a formula that reads them: one function for all of them."""

from __future__ import annotations

from decimal import localcontext
from typing import TYPE_CHECKING, Any

from karama.law.engine import expressions as e
from karama.law.engine.expressions import Entity
from karama.law.engine.members import Aggregate, Rank
from karama.law.engine.python_expressions import EXACT, Expressions, constant_values, made_function

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from karama.law.engine.graph import Binding, Definition, Graph

    Touched = Callable[[Mapping[str, Any], Sequence[Mapping[str, Any]], frozenset[int]], set[int]]


def touched_by(graph: Graph, trials: Sequence[tuple[Binding, Sequence[str]]]) -> Touched:
    """The numbers of the trials that change a formula which reads their parameter, on rows already computed.

    Args:
        graph: the formulas.
        trials: for each the constants with the other value, and the names of the formulas that read it.

    Returns:
        A function of the household's row, its persons' rows and the trials to leave out.  A formula that compares
        persons with each other cannot be tried on one row: it counts as changed.
    """
    definitions = [[graph.definitions[name] for name in names] for _, names in trials]
    certain = frozenset(number for number, read in enumerate(definitions) if any(map(_compares_persons, read)))
    alone = {number: read for number, read in enumerate(definitions) if number not in certain}
    writers = {number: Expressions(f"t{number}_") for number in alone}
    function = made_function(_written(alone, writers))
    constants = [constant_values(writer.constants.values(), trials[number][0]) for number, writer in writers.items()]
    month = trials[0][0].month if trials else None

    def touched(
        household: Mapping[str, Any], persons: Sequence[Mapping[str, Any]], skipped: frozenset[int]
    ) -> set[int]:
        found = set(skipped | certain)
        with localcontext(EXACT):
            function(constants, month, household, persons, found)
        return found - skipped

    return touched


def _compares_persons(definition: Definition) -> bool:
    return any(isinstance(one, (Aggregate, Rank)) for one in definition.node.walk())


def _written(trials: Mapping[int, Sequence[Definition]], writers: Mapping[int, Expressions]) -> str:
    """The function that adds the numbers of the trials to ``found``: the household's formulas, then the persons'."""
    read = {
        entity: {number: [one for one in read if one.formula.entity is entity] for number, read in trials.items()}
        for entity in (Entity.HOUSEHOLD, Entity.PERSON)
    }
    lines = _loads(
        [one for read_by in trials.values() for one in read_by], Entity.HOUSEHOLD, " h_{0} = household[{0!r}]"
    )
    lines += _tests(read[Entity.HOUSEHOLD], writers, " ")
    personal = [one for read_by in read[Entity.PERSON].values() for one in read_by]
    if personal:
        lines.append(" for person in persons:")
        lines += _loads(personal, Entity.PERSON, "  p_{0} = person[{0!r}]")
        lines += _tests(read[Entity.PERSON], writers, "  ")
    start = "def evaluate(K, month, household, persons, found):"
    header = [" this_year, this_month = month.year, month.month"] if trials else [" pass"]
    unpacked = [line for place, one in enumerate(writers.values()) for line in one.unpacked(f"K[{place}]")]
    preamble = [line for one in writers.values() for line in one.preamble()]
    return "\n".join([*preamble, start, *header, *unpacked, *lines, ""])


def _loads(definitions: Sequence[Definition], entity: Entity, line: str) -> list[str]:
    """Lines that take the columns of an entity, results and what they are computed from, from its row."""
    columns = [one.column() for one in definitions]
    columns += [node for one in definitions for node in one.node.walk() if isinstance(node, e.Column)]
    return [line.format(name) for name in dict.fromkeys(one.name for one in columns if one.entity is entity)]


def _tests(read: Mapping[int, Sequence[Definition]], writers: Mapping[int, Expressions], indent: str) -> list[str]:
    """Lines that compare the value of each formula with the one computed."""
    lines = []
    for number, definitions in read.items():
        tests = []
        for one in definitions:
            column = one.column()
            tests.append(f"{writers[number].of(column)} != {writers[number].of_type(one.node, column.type)}")
        if tests:
            lines.append(f"{indent}if {number} not in found and ({' or '.join(tests)}): found.add({number})")
    return lines
