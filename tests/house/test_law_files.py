"""The law as data: every value says where it comes from, every text is there in the three languages."""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.house.repository import SOURCE, files_ending, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LANGUAGES = {"fr", "ar", "en"}
STATUSES = {"confirmed", "press", "inferred", "unknown"}
TYPES = {"boolean", "choice", "date", "decimal", "integer", "money", "month"}
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
ARABIC = re.compile(r"[\u0600-\u06ff]")

DATA_FILES = files_ending(".yaml", ".yml", ".json", under=SOURCE)


def content(path: Path) -> Any:  # noqa: ANN401 - a data file holds whatever its schema says
    """What a YAML or JSON file holds."""
    text = path.read_text(encoding="utf-8")
    return json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)


def parameters() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every dated parameter of the law, with the name of its file before its own."""
    for path in files_ending(".yaml", under=SOURCE / "law"):
        data = content(path)
        for name, parameter in data.items() if isinstance(data, dict) else ():
            if isinstance(parameter, dict) and "values" in parameter:
                yield f"{name_of(path)}: {name}", parameter


PARAMETERS = dict(parameters())


def test_there_are_parameters() -> None:
    assert PARAMETERS, "no file of dated parameters was found under src/karama/law"


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_parameter_says_what_it_is(name: str) -> None:
    parameter = PARAMETERS[name]
    assert parameter["type"] in TYPES
    assert str(parameter["unit"]).strip()
    assert set(parameter["label"]) == LANGUAGES
    assert ("choices" in parameter) == (parameter["type"] == "choice")


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_value_of_a_parameter_is_dated_cited_and_has_a_status(name: str) -> None:
    values = PARAMETERS[name]["values"]
    assert values
    for value in values:
        assert MONTH.fullmatch(str(value["legal_from"]))
        assert MONTH.fullmatch(str(value.get("paid_from", value["legal_from"])))
        assert value["status"] in STATUSES
        assert str(value["reference"]).strip()
        assert "value" in value
    months = [str(value["legal_from"]) for value in values]
    assert months == sorted(set(months)), "values stand in the order of their months, one for each"


@pytest.mark.parametrize("path", DATA_FILES, ids=name_of)
def test_every_text_of_a_data_file_is_in_three_languages(path: Path) -> None:
    assert list(faulty_labels(content(path), "")) == []


def faulty_labels(node: object, place: str) -> Iterator[str]:
    """The places of a data file where a text lacks a language, or Arabic words have no Arabic letter."""
    if isinstance(node, list):
        for position, item in enumerate(node):
            yield from faulty_labels(item, f"{place}[{position}]")
    elif isinstance(node, dict):
        if len(LANGUAGES & set(node)) > 1 and all(isinstance(text, str | None) for text in node.values()):
            yield from faulty_texts(node, place)
        for key, item in node.items():
            yield from faulty_labels(item, f"{place}.{key}")


def faulty_texts(texts: dict[str, str | None], place: str) -> Iterator[str]:
    """What is wrong with one text in three languages."""
    yield from (f"{place}: no {language}" for language in sorted(LANGUAGES) if not (texts.get(language) or "").strip())
    if texts.get("ar") != texts.get("fr") and not ARABIC.search(texts.get("ar") or ""):
        yield f"{place}: the Arabic text has no Arabic letter"


@pytest.mark.parametrize("path", files_ending(".py", under=SOURCE), ids=name_of)
def test_every_label_of_the_code_is_in_three_languages(path: Path) -> None:
    faulty = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Label":
            texts = dict(zip(("fr", "ar", "en"), node.args, strict=False)) | {
                word.arg: word.value for word in node.keywords
            }
            if None not in texts and all(isinstance(text, ast.Constant) for text in texts.values()):
                known = {language: text.value for language, text in texts.items()}
                faulty += list(faulty_texts(known, f"line {node.lineno}"))
    assert faulty == []


@pytest.mark.parametrize("path", files_ending(".py", under=SOURCE / "law"), ids=name_of)
def test_every_formula_is_cited_and_explained(path: Path) -> None:
    faulty = []
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(function, ast.FunctionDef) and (stated := formula_facts(function)) is not None:
            reference = stated.get("reference")
            if isinstance(reference, ast.Constant) and not str(reference.value).strip():
                faulty.append(f"{function.name}: an empty reference")
            if not ast.get_docstring(function):
                faulty.append(f"{function.name}: no explanation")
    assert faulty == []


def formula_facts(function: ast.FunctionDef) -> dict[str | None, ast.expr] | None:
    """What the `@formula(...)` above a function states; None for a function that is no formula."""
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name) and decorator.func.id == "formula":
            return {word.arg: word.value for word in decorator.keywords}
    return None


def test_a_label_without_arabic_is_seen() -> None:
    assert list(faulty_labels({"a": [{"label": {"fr": "aide", "en": "aid"}}]}, "")) == [
        ".a[0].label: no ar",
        ".a[0].label: the Arabic text has no Arabic letter",
    ]
