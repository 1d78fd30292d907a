"""The reference page of the command line, written from the program."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args, get_origin

import typer
from typer.core import TyperArgument, TyperGroup

from karama.cli import app
from karama.foundation.errors import KaramaError
from tests.house.repository import DOCS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typer.core import TyperCommand, TyperOption

PAGE = DOCS / "reference" / "cli.md"
PROGRAM = typer.main.get_command(app)
KINDS = {bool: "flag", float: "number", int: "whole number", Path: "path", str: "text"}
INTRODUCTION = """# Command line

*Generated from the program by `make reference`.*

Results go to standard output; errors go to standard error in one line that names the place, the rule and the remedy.
Long work shows its progress on a terminal and is quiet elsewhere. Interrupted work leaves nothing half-done.
"""


def commands(command: TyperCommand | TyperGroup = PROGRAM, path: str = "karama") -> Iterator[tuple[str, TyperCommand]]:
    """Every command that does something, with its full name, in the order of `--help`."""
    if isinstance(command, TyperGroup):
        for name, child in command.commands.items():
            if not child.hidden:
                yield from commands(child, f"{path} {name}")
    else:
        yield path, command


def exit_codes() -> str:
    """The table of exit codes, from the classes of errors."""
    meaning = {
        0: "done",
        1: "a failure of the program itself: please report it",
        2: "wrong call: an unknown command or option, a missing argument",
    }
    meaning |= {
        error.exit_code: (error.__doc__ or "").splitlines()[0].rstrip(".") for error in KaramaError.__subclasses__()
    }
    rows = [f"| {code} | {meaning[code]} |" for code in sorted(meaning)]
    return "\n".join(["## Exit codes", "", "| code | meaning |", "|---|---|", *rows])


def row(parameter: TyperArgument | TyperOption) -> str:
    """One line of a command's table: name, what it takes, default, help."""
    if isinstance(parameter, TyperArgument):
        names = f"`{parameter.metavar or (parameter.name or '').upper()}`"
    else:
        pairs = [*parameter.opts, *parameter.secondary_opts]
        names = ", ".join(f"`{name}`" for name in pairs)
    takes = kind_of(parameter.type_descriptor.annotation)
    default = "required" if parameter.required else shown(parameter.default)
    return "| " + " | ".join([names, takes, default, (parameter.help or "").replace("|", "\\|")]) + " |"


def kind_of(annotation: object) -> str:
    """What an argument or option takes, in a word or as its choices."""
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return ", ".join(f"`{choice.value}`" for choice in annotation)
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(annotation))
    if get_origin(annotation) is list:
        return f"{kind_of(get_args(annotation)[0])}, repeated for several"
    return KINDS.get(annotation, getattr(annotation, "__name__", str(annotation)))


def shown(default: object) -> str:
    """A default value as the page shows it; empty when there is none."""
    value = getattr(default, "value", default)
    return "" if value is None or isinstance(value, bool) or callable(value) else f"`{value}`"


def section(path: str, command: TyperCommand) -> str:
    """One command: its help and its table."""
    parameters = [parameter for parameter in command.params if parameter.name != "help"]
    table = ["", "| name | takes | default | |", "|---|---|---|---|", *map(row, parameters)] if parameters else []
    return "\n".join([f"## `{path}`", "", (command.help or "").strip(), *table])


def without_help() -> list[str]:
    """The commands, arguments and options that do not say what they are for."""
    found = [path for path, command in commands() if not (command.help or "").strip()]
    for path, command in commands():
        found += [f"{path} {parameter.opts[0]}" for parameter in command.params if not parameter.help]
    return found


def page() -> str:
    """The whole page."""
    sections = [section(path, command) for path, command in commands()]
    return "\n\n".join([INTRODUCTION.strip(), *sections, exit_codes()]) + "\n"
