"""HOUSEHOLD.json as text: exact numbers, no field twice, and a clear word when it cannot be read."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from karama.foundation.errors import BadInputError
from karama.law.engine.household_file import load_household

if TYPE_CHECKING:
    from pathlib import Path


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "home.json"
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def test_numbers_are_read_exactly(tmp_path: Path) -> None:
    path = written(tmp_path, '\ufeff{"score": 9.743001000, "rooms": 3, "members": [{"name": "كرامة", "born": null}]}')
    content = load_household(path)
    assert content == {"score": Decimal("9.743001"), "rooms": 3, "members": [{"name": "كرامة", "born": None}]}
    assert type(content["score"]) is Decimal


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is empty: write {...} with the household's fields"),
        ("  \n", "is empty"),
        ('{"score": 9,1}', "not valid JSON ("),
        ('{"score": 9.1', "not valid JSON ("),
        ('{"score": NaN}', "NaN is no number: write a plain number, or null where it is unknown"),
        ('{"score": -Infinity}', "-Infinity is no number"),
        ('{"score": 1, "score": 2}', "field 'score' is given twice: keep one"),
        ('{"members": [{"role": "head", "role": "child"}]}', "field 'role' is given twice: keep one"),
        ("[" * 100_000, "not valid JSON ("),
        (b'{"name": "\xff"}', "cannot be read as UTF-8 text ("),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, content: str | bytes, says: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(BadInputError) as error:
        load_household(path)
    assert str(error.value).startswith(f"{path}: {says}")


def test_a_file_that_is_absent_or_a_folder(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"absent\.json: no such file"):
        load_household(tmp_path / "absent.json")
    with pytest.raises(BadInputError, match=r"cannot be read as UTF-8 text .*: give the path of a JSON file"):
        load_household(tmp_path)
