"""The version of the law of one month: what its formulas say and what its parameters are worth."""

from __future__ import annotations

import hashlib
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from karama.law.engine.graph import Binding, Graph
    from karama.law.engine.programme import Programme


def law_version(programme: Programme, graph: Graph, binding: Binding) -> str:
    """SHA-256 over the formulas in force, the values of their parameters and the list of conditions and benefits.

    It changes when an expression, a value in force, a condition or a benefit changes; not with a label, a comment, a
    citation, or a value of another month.
    """
    parts = [
        f"programme {programme.name}",
        f"conditions {written([(one.formula, one.refusal) for one in programme.conditions])}",
    ]
    parts.append(f"benefits {written([(one.formula, one.rank) for one in programme.benefits])}")
    for name in sorted(graph.definitions):
        one = graph.definitions[name]
        parts.append(f"formula {name} {one.formula.entity.name} {written(one.node)}")
    parts.extend(f"parameter {name} {written(binding.values[name])}" for name in sorted(binding.values))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def written(value: Any) -> str:  # noqa: ANN401 - the nodes hold values of every type
    """An expression or a value in one fixed form, free of memory addresses and of Python's own notation."""
    if isinstance(value, Enum):
        return value.name
    if is_dataclass(value):
        inside = ",".join(f"{one.name}={written(getattr(value, one.name))}" for one in fields(value))
        return f"{type(value).__name__}({inside})"
    if isinstance(value, dict):
        value = sorted(value.items())
    if isinstance(value, list | tuple):
        return "[" + ",".join(written(one) for one in value) + "]"
    return f"{type(value).__name__} {value}"
