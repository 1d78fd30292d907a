"""The notebook of the tutorial: it is a notebook, it leads somewhere, and its saved outputs are those of its cells."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest
from markdown_it import MarkdownIt

from tests.house import notebook_page
from tests.house.test_documentation import leads_somewhere, parse_fault

LINES = {"type": "array", "items": {"type": "string"}}
OUTPUT = {
    "oneOf": [
        {
            "properties": {"output_type": {"const": "stream"}, "name": {"const": "stdout"}, "text": LINES},
            "required": ["output_type", "name", "text"],
            "additionalProperties": False,
        },
        {
            "properties": {
                "output_type": {"const": "execute_result"},
                "execution_count": {"type": "integer", "minimum": 1},
                "metadata": {"type": "object"},
                "data": {
                    "type": "object",
                    "properties": {"text/plain": LINES, "image/svg+xml": LINES},
                    "required": ["text/plain"],
                    "additionalProperties": False,
                },
            },
            "required": ["output_type", "execution_count", "metadata", "data"],
            "additionalProperties": False,
        },
    ]
}
CELL = {"id": {"type": "string", "pattern": "^[a-zA-Z0-9-_]{1,64}$"}, "metadata": {"type": "object"}, "source": LINES}
NOTEBOOK = {  # what nbformat 4.5 asks, of the kinds of cells and outputs that the lesson has
    "type": "object",
    "properties": {
        "nbformat": {"const": 4},
        "nbformat_minor": {"const": 5},
        "metadata": {"type": "object"},
        "cells": {
            "type": "array",
            "items": {
                "oneOf": [
                    {
                        "properties": {"cell_type": {"const": "markdown"}, **CELL},
                        "required": ["cell_type", *CELL],
                        "additionalProperties": False,
                    },
                    {
                        "properties": {
                            "cell_type": {"const": "code"},
                            "execution_count": {"type": "integer", "minimum": 1},
                            "outputs": {"type": "array", "items": OUTPUT},
                            **CELL,
                        },
                        "required": ["cell_type", "execution_count", "outputs", *CELL],
                        "additionalProperties": False,
                    },
                ]
            },
        },
    },
    "required": ["nbformat", "nbformat_minor", "metadata", "cells"],
    "additionalProperties": False,
}


def lesson() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(notebook_page.PAGE.read_text(encoding="utf-8"))
    return found


def notebook_of(*sources: str) -> dict[str, Any]:
    """A notebook of code cells as an editor leaves it, never run."""
    return {
        "cells": [
            {"cell_type": "code", "execution_count": None, "id": "a", "metadata": {}, "outputs": [], "source": [one]}
            for one in sources
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }  # fmt: skip


def test_the_lesson_is_a_notebook() -> None:
    jsonschema.validate(lesson(), NOTEBOOK)
    names = [one["id"] for one in lesson()["cells"]]
    assert len(set(names)) == len(names)
    assert any(
        "image/svg+xml" in output.get("data", {}) for one in lesson()["cells"] for output in one.get("outputs", ())
    )


def test_the_lesson_leads_somewhere_and_its_commands_exist() -> None:
    text = "\n\n".join("".join(one["source"]) for one in lesson()["cells"] if one["cell_type"] == "markdown")
    inline = [child for token in MarkdownIt("commonmark").parse(text) for child in token.children or ()]
    targets = [str(one.attrGet("href")) for one in inline if one.type == "link_open"]
    assert targets
    assert [one for one in targets if not leads_somewhere(notebook_page.PAGE, one)] == []
    commands = [one.content for one in inline if one.type == "code_inline" and one.content.startswith("karama ")]
    assert commands
    assert [fault for one in commands if (fault := parse_fault(one))] == []


def test_no_output_tells_where_it_was_run() -> None:
    saved = json.dumps([one.get("outputs") for one in lesson()["cells"]])
    assert not re.search(r"/var/|\\\\Temp|tmp[a-z0-9_]{6,}| at 0x[0-9a-f]+", saved)


@pytest.mark.long
def test_the_saved_outputs_are_those_of_the_cells() -> None:
    assert notebook_page.PAGE.read_text(encoding="utf-8") == notebook_page.page(), "`make reference` writes it again"


def test_a_cell_shows_what_it_prints_and_its_last_value() -> None:
    drawing = "class D:\n    def _repr_svg_(self): return '<svg/>'\n    def __repr__(self): return 'D'\nD()"
    made = notebook_page.run_again(notebook_of("one = 1\nprint('a')\nprint('b')", "one + 1", "two = 2", drawing))
    jsonschema.validate(made, NOTEBOOK)
    assert [one["outputs"] for one in made["cells"]] == [
        [{"name": "stdout", "output_type": "stream", "text": ["a\n", "b\n"]}],
        [{"data": {"text/plain": ["2"]}, "execution_count": 2, "metadata": {}, "output_type": "execute_result"}],
        [],
        [
            {
                "data": {"image/svg+xml": ["<svg/>"], "text/plain": ["D"]},
                "execution_count": 4,
                "metadata": {},
                "output_type": "execute_result",
            }
        ],
    ]
    assert [one["id"] for one in made["cells"]] == ["cell-01", "cell-02", "cell-03", "cell-04"]


def test_a_cell_that_fails_ends_the_run() -> None:
    with pytest.raises(ZeroDivisionError):
        notebook_page.run_again(notebook_of("1 / 0", "print('never')"))
