"""Commands that answer at once: ordinary words of the command line are read without importing pydantic.

Typer reads every word with pydantic, whose import takes longer than the law needs to answer.  Text, one of a list and a
path need no such help; whatever is not plainly right is left to Typer, so that its messages are the same everywhere.
"""

from __future__ import annotations

import os
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from typer._coercion import build_runtime_param
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

if TYPE_CHECKING:
    from typer._click import Context, Parameter

_LEFT = object()
"""Stands for a word that is left to Typer."""


class LightCommand(TyperCommand):
    """A command of plain words: give it as ``cls`` to ``app.command``."""

    def get_params(self, ctx: Context) -> list[Parameter]:
        """The parameters, ``--help`` included."""
        return _light(super().get_params(ctx))


class LightGroup(TyperGroup):
    """A group whose own options are plain words: give it as ``cls`` to ``Typer``."""

    def get_params(self, ctx: Context) -> list[Parameter]:
        """The parameters, ``--help`` and those of completion included."""
        return _light(super().get_params(ctx))


def _light(parameters: list[Parameter]) -> list[Parameter]:
    for one in parameters:
        if isinstance(one, TyperOption | TyperArgument) and one._runtime_param is None:  # noqa: SLF001 - no other way
            one._runtime_param = _PlainWord()  # type: ignore[assignment]  # noqa: SLF001
    return parameters


class _PlainWord:
    """What Typer asks for the value of a word; the same calls as its own."""

    def coerce(self, value: object, param: TyperOption | TyperArgument, ctx: Context) -> object:
        """The value of the parameter's type."""
        read = _LEFT if param.multiple or param.nargs != 1 else _plain(value, param.type_descriptor.annotation)
        if read is not _LEFT:
            return read
        return build_runtime_param(param.type_descriptor).coerce(value, param=param, ctx=ctx)


def _plain(value: object, kind: object) -> object:
    """The value where it is plainly right."""
    if value is None or (isinstance(kind, type) and issubclass(kind, Enum) and isinstance(value, kind)):
        return value
    if not isinstance(value, str):
        return _LEFT
    if kind is str:
        return value
    if kind is Path:
        return Path(value) if os.access(value, os.R_OK) or not Path(value).exists() else _LEFT
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next((one for one in kind if one.value == value), _LEFT)
    return _LEFT
