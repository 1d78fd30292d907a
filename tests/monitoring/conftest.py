"""A tiny country decided for two months, the second being the first of the rates of 2026; and its pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from karama.cycle import run_month
from karama.foundation.months import Month
from karama.monitoring import Report, write_report
from karama.monitoring.example_household import widow_with_children
from karama.population import generate

if TYPE_CHECKING:
    from pathlib import Path

SHARE, SEED = 0.0005, 3
FIRST, LAST = Month(2025, 12), Month(2026, 1)


@dataclass(frozen=True)
class Country:
    """The folders of a tiny country, what was read from them, and the folder of its pages."""

    register: Path
    months: Path
    pages: Path
    report: Report


@pytest.fixture(scope="session")
def country(tmp_path_factory: pytest.TempPathFactory) -> Country:
    folder = tmp_path_factory.mktemp("country")
    register, months, pages = folder / "register", folder / "months", folder / "pages"
    generate(share=SHARE, seed=SEED, out=register, first_month=FIRST, months=2)
    run_month(register=register, month=FIRST, out=months / str(FIRST))
    run_month(register=register, month=LAST, out=months / str(LAST), previous=months)
    example = widow_with_children(months, register, LAST)
    report = Report.read(months=months, register=register, example=example)
    pages.mkdir()
    write_report(report, pages)
    return Country(register, months, pages, report)
