"""What an expression says, apart from which node says it."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from karama.law.engine.expressions import Node, Order

if TYPE_CHECKING:
    from collections.abc import Hashable


def shape(node: Node) -> Hashable:
    """Equal for two expressions that say the same, which then have the same value on every row."""
    return (type(node).__name__, node.type, *(_shape_of(getattr(node, one.name)) for one in fields(node) if one.init))


def _shape_of(content: object) -> Hashable:
    if isinstance(content, Node):
        return shape(content)
    if isinstance(content, Order):
        return shape(content.key), content.descending
    if isinstance(content, tuple):
        return tuple(_shape_of(part) for part in content)
    return content  # a constant, a name or a type
