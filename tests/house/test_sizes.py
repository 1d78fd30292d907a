"""Sizes: a file or a function that outgrows its room is a sign that a room is missing."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.house.repository import ROOT, files_ending, name_of

if TYPE_CHECKING:
    from pathlib import Path

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50  # without the docstring
MAX_BRANCHES = 10

CODE = [path for folder in ("src", "tests", "benchmarks") for path in files_ending(".py", under=ROOT / folder)]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_a_file_and_its_functions_stay_readable(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines = len(text.splitlines())
    # A migration is written by Django and read by it.
    too_long = lines > MAX_FILE_LINES and path.parent.name != "migrations"
    too_big = [f"{lines} lines, at most {MAX_FILE_LINES}"] if too_long else []
    for function in (node for node in ast.walk(ast.parse(text)) if isinstance(node, Function)):
        if (length := lines_of(function)) > MAX_FUNCTION_LINES:
            too_big.append(f"{function.name} (line {function.lineno}): {length} lines, at most {MAX_FUNCTION_LINES}")
        if (branches := branches_of(function)) > MAX_BRANCHES:
            too_big.append(f"{function.name} (line {function.lineno}): {branches} branches, at most {MAX_BRANCHES}")
    assert too_big == []


def lines_of(function: Function) -> int:
    """The lines from `def` to the end, without the docstring."""
    first = function.body[0]
    has_docstring = ast.get_docstring(function, clean=False) is not None
    docstring = (first.end_lineno or first.lineno) - first.lineno + 1 if has_docstring else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - docstring


def branches_of(function: Function) -> int:
    """The ways a function can part: `if`, loops, handlers and cases, those of functions inside it left out."""
    count = 0
    waiting: list[ast.AST] = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        if isinstance(node, Function):
            continue
        count += isinstance(node, ast.If | ast.For | ast.AsyncFor | ast.While | ast.ExceptHandler | ast.match_case)
        waiting += ast.iter_child_nodes(node)
    return count


def test_a_long_function_is_seen() -> None:
    body = "\n".join(f"    x = {i}" for i in range(MAX_FUNCTION_LINES))
    function = ast.parse(f'def f():\n    """One line."""\n{body}\n').body[0]
    assert isinstance(function, ast.FunctionDef)
    assert lines_of(function) == MAX_FUNCTION_LINES + 1


def test_branches_of_an_inner_function_are_its_own() -> None:
    function = ast.parse("def f():\n if a: pass\n elif b: pass\n def g():\n  if c: pass\n").body[0]
    assert isinstance(function, ast.FunctionDef)
    assert branches_of(function) == 2
