"""What every expression checks of its operands when it is built."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, Protocol

from karama.foundation.errors import LawError

if TYPE_CHECKING:
    from karama.law.engine.types import Kind, Type


class Operand(Protocol):
    """What is checked: something of a type (expressions are defined above this module)."""

    @property
    def type(self) -> Type:
        """Its type."""


def refuse(message: str) -> NoReturn:
    """Raise the LawError of an expression without meaning."""
    raise LawError(message)


def need_known(where: str, *nodes: Operand) -> None:
    """Refuse operands that are no expressions or may be unknown; ``where`` names the construct."""
    for one in nodes:
        if not hasattr(one, "entity"):
            refuse(f"{where} needs an expression of the law, not {one!r}")
        if one.type.nullable:
            refuse(f"{where} reads {describe(one)}, which may be unknown: ask is_known() or give otherwise(...) first")


def need_some(where: str, nodes: tuple[Operand, ...], least: int = 1) -> None:
    """Refuse a construct with fewer operands than have a meaning."""
    if len(nodes) < least:
        refuse(f"{where} needs at least {'two values' if least > 1 else 'one operand'}, but has {len(nodes)}")


def need(kind: Kind, where: str, *nodes: Operand) -> None:
    """Refuse operands of another nature."""
    for one in nodes:
        if one.type.kind is not kind:
            refuse(f"{where} needs {kind.value}, but {describe(one)} is {one.type}")


def need_numbers(where: str, *nodes: Operand) -> None:
    """Refuse operands that are no numbers."""
    for one in nodes:
        if not one.type.numeric:
            refuse(f"{where} needs numbers, but {describe(one)} is {one.type}")


def describe(one: Operand) -> str:
    """Short name of a node for messages."""
    return repr(one.name) if hasattr(one, "name") else f"a {type(one).__name__.strip('_').lower()}"
