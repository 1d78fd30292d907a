"""Definitions laid over a source as nested queries, one per depth of what they read of one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from karama.law.engine import expressions as e
from karama.law.engine.sql_expressions import cast, name_of, sql_type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from karama.law.engine.graph import Definition
    from karama.law.engine.sql_expressions import ExpressionWriter


def laid_over(
    source: exp.Select, columns: Sequence[str], definitions: Sequence[Definition], write: ExpressionWriter
) -> tuple[exp.Select, list[str]]:
    """The source with a column per definition, and the names of all its columns; one layer per depth."""
    query, present = source, list(columns)
    for number, added in enumerate(layers_of(definitions)):
        selected: list[exp.Expression] = [name_of(column) for column in present]
        for one in added:
            value = cast(write(one.node), sql_type(one.node.type))
            selected.append(exp.alias_(value, one.name, quoted=True))
        query = exp.select(*selected).from_(query.subquery(f"layer_{number}", copy=False), copy=False)
        present += [one.name for one in added]
    return query, present


def layers_of(definitions: Sequence[Definition]) -> list[list[Definition]]:
    """The definitions by depth; they come in an order in which each follows what it reads."""
    depths: dict[str, int] = {}
    layers: list[list[Definition]] = []
    for one in definitions:
        read = (depths[node.name] + 1 for node in one.node.walk() if isinstance(node, e.Column) and node.name in depths)
        depth = max(read, default=0)
        depths[one.name] = depth
        if depth == len(layers):
            layers.append([])
        layers[depth].append(one)
    return layers
