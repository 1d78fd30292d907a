"""The reference pages: every formula, parameter, condition and column stands in them, in three languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from karama.law import PROGRAMMES, programme_named
from karama.law.engine.expressions import Entity
from karama.law.inputs import REGISTER, WARDS
from karama.law.reference import column_dictionary, programme_page, write_reference
from karama.law.rsu import SCORE_COLUMNS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", PROGRAMMES)
def test_a_page_holds_every_parameter_and_condition_in_three_languages(name: str) -> None:
    programme, page = programme_named(name), programme_page(programme_named(name))
    for parameter in programme.law.parameters:
        assert parameter.name in page or parameter.name.endswith("_coefficient")
    for condition in programme.conditions:
        label = condition.refusal_label
        assert f"`{condition.refusal}`" in page
        assert all(text in page for text in (label.fr, label.ar, label.en))


@pytest.mark.parametrize("name", [name for name in PROGRAMMES if name != "rsu_score"])
def test_a_page_tells_every_formula_with_its_act(name: str) -> None:
    programme, page = programme_named(name), programme_page(programme_named(name))
    for formula in programme.law.formulas:
        assert formula.reference in page, formula.name
        assert all(text in page for text in (formula.label.fr, formula.label.ar, formula.label.en)), formula.name


def test_the_dictionary_of_columns_holds_every_column() -> None:
    page = column_dictionary()
    columns = [*REGISTER.columns, *SCORE_COLUMNS, *WARDS.of(Entity.HOUSEHOLD)]
    assert [column.name for column in columns if f"| `{column.name}` |" not in page] == []
    assert all(text in page for column in columns for text in (column.label.fr, column.label.ar, column.label.en))


def test_pages_are_written_one_per_programme_and_one_of_columns(tmp_path: Path) -> None:
    pages = write_reference(tmp_path / "law")
    assert [page.name for page in pages] == [*(f"{name}.md" for name in PROGRAMMES), "columns.md"]
    assert pages[0].read_text(encoding="utf-8") == programme_page(programme_named("asd"))
