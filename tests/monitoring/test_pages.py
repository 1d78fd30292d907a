"""The pages: whole in themselves, well formed, every picture with its table, amounts those of the manifests."""

from __future__ import annotations

import csv
import re
from html.parser import HTMLParser
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from karama.foundation.languages import LANGUAGES
from karama.foundation.wording import number
from karama.monitoring.page import SYNTHETIC
from karama.monitoring.report import PAGES
from tests.monitoring.conftest import FIRST, LAST

if TYPE_CHECKING:
    from pathlib import Path

    from karama.foundation.languages import Language
    from tests.monitoring.conftest import Country

PANELS = ("families", "amounts", "changes", "regions", "distances")
VOID = {"meta", "br"}
STYLE = resources.files("karama.monitoring").joinpath("report.css").read_text(encoding="utf-8")


class Reader(HTMLParser):
    """Refuses an element closed out of turn; keeps elements, the text of cells, and identifiers."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.cells: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag in {"td", "th"}:
            self.cells.append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"td", "th"} & set(self.open):
            self.cells[-1] += data


def read(text: str) -> Reader:
    """The page read to its end, every element closed."""
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


def text_of(country: Country, language: Language) -> str:
    return (country.pages / PAGES[language]).read_text(encoding="utf-8")


def panel_of(text: str, name: str) -> str:
    """The section of one figure."""
    found = re.search(rf'<section id="{name}".*?</section>', text, re.DOTALL)
    assert found, name
    return found[0]


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    chosen: Language = request.param
    return chosen


def test_a_page_is_well_formed_and_says_its_language_and_direction(country: Country, language: Language) -> None:
    text = text_of(country, language)
    reader = read(text)
    assert text.startswith("<!doctype html>")
    page = next(attributes for tag, attributes in reader.seen if tag == "html")
    assert page == {"lang": language, "dir": "rtl" if language == "ar" else "ltr"}
    identifiers = [attributes["id"] for _, attributes in reader.seen if attributes.get("id")]
    assert len(identifiers) == len(set(identifiers))


def test_a_page_loads_nothing_and_runs_nothing(country: Country, language: Language) -> None:
    text = text_of(country, language)
    assert re.findall(r"(?:https?:)?//\w[^\s\"'<]*", text) == []
    assert "@import" not in text
    reader = read(text)
    assert {tag for tag, _ in reader.seen} & {"script", "link", "iframe", "object", "img", "image"} == set()
    assert [name for _, attributes in reader.seen for name in attributes if name.startswith("on")] == []


def test_every_link_of_a_page_leads_to_a_file_or_to_a_place_on_it(country: Country, language: Language) -> None:
    reader = read(text_of(country, language))
    places = {attributes.get("id") for _, attributes in reader.seen}
    links = [str(attributes["href"]) for tag, attributes in reader.seen if tag == "a"]
    assert len(links) > len(PANELS)
    for link in links:
        assert link[1:] in places if link.startswith("#") else (country.pages / link).is_file(), link


@pytest.mark.parametrize("name", PANELS)
def test_every_figure_has_its_pictures_table_month_source_label_and_download(
    country: Country, language: Language, name: str
) -> None:
    panel = panel_of(text_of(country, language), name)
    reader = read(panel)
    tags = [tag for tag, _ in reader.seen]
    assert tags.count("svg") >= 2  # a wide and a narrow form
    assert tags.count("table") == 1
    assert tags.index("svg") < tags.index("table") < tags.index("figcaption")
    caption = panel[panel.index("<figcaption>") :]
    assert SYNTHETIC.get(language) in caption
    assert f'href="tables/{name}.csv"' in caption
    assert str(LAST.year) in caption
    assert caption.count("<b>") == 3  # month, unit, source


def test_the_table_of_families_is_that_of_the_manifests(country: Country, language: Language) -> None:
    cells = read(panel_of(text_of(country, language), "families")).cells
    for manifest in country.report.figures.manifests:
        totals = manifest["totals"]
        child, flat = (totals["by_aid"][aid]["families"] for aid in ("child", "flat"))
        wanted = [number(count, language) for count in (child, flat, child + flat)]
        assert any(cells[place : place + 3] == wanted for place in range(len(cells)))
        assert number(round(totals["amount"]), language) in cells


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_files_hold_the_amounts_of_the_manifests_with_two_decimals(country: Country) -> None:
    amounts = rows_of(country.pages / "tables" / "amounts.csv")
    assert [row["month"] for row in amounts] == [str(FIRST), str(LAST)]
    for row, manifest in zip(amounts, country.report.figures.manifests, strict=True):
        assert row["total_mad"] == f"{manifest['totals']['amount']:.2f}"
        assert row["child_aid_mad"] == f"{manifest['totals']['by_benefit']['child_aid']['amount']:.2f}"
    regions = rows_of(country.pages / "tables" / "regions.csv")
    total = country.report.figures.manifests[-1]["totals"]["amount"]
    assert sum(float(row["amount_mad"]) for row in regions) == pytest.approx(total, abs=0.001)
    assert {row["region_ar"] for row in regions} >= {"مراكش-آسفي"}


def test_the_rise_of_2026_is_told_with_its_amount(country: Country) -> None:
    before, after = (
        manifest["totals"]["by_benefit"]["child_aid"]["amount"] for manifest in country.report.figures.manifests
    )
    assert after > before
    panel = panel_of(text_of(country, "fr"), "amounts")
    assert f"Celle de 2026 ajoute {number(round(after - before), 'fr')}\u00a0MAD en janvier 2026." in panel


def test_the_household_is_explained_in_two_languages_with_each_condition(country: Country) -> None:
    text = text_of(country, "fr")
    explanation = country.report.explanation
    for language, word in (("fr", "Pourquoi ?"), ("ar", "لماذا؟")):
        found = re.search(rf'<article class="why" lang="{language}".*?</article>', text, re.DOTALL)
        assert found
        assert word in found[0]
        assert found[0].count('<li class="met">') == len(explanation.conditions)
        assert found[0].count("<details>") == len(explanation.decision.lines)


def test_the_style_knows_no_left_or_right() -> None:
    sides = r"(?:margin|padding|border)-(?:left|right|top|bottom)\b|text-align:\s*(?:left|right)"
    assert re.findall(rf"{sides}|float:|[\s;{{](?:width|height|left|right):", STYLE) == []


def luminance(colour: str) -> float:
    """Relative luminance of a colour written #rgb or #rrggbb (WCAG 2.2)."""
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_texts_stand_out_from_their_ground_as_aa_asks() -> None:
    named = dict(re.findall(r"--([\w-]+): (#\w+)", STYLE))
    pairs = [("ink", "paper"), ("ink", "card"), ("soft", "card"), ("soft", "paper"), ("soft", "sand"), ("deep", "sand")]
    pairs += [("deep", "card"), ("warn", "warn-paper")]
    weak = {pair: round(contrast(named[pair[0]], named[pair[1]]), 2) for pair in pairs}
    assert {pair: value for pair, value in weak.items() if value < 4.5} == {}
    assert contrast("#ffffff", named["deep"]) >= 4.5
    assert contrast("#e8dcc0", named["deep"]) >= 4.5


def test_colours_that_touch_in_a_chart_stand_out_from_the_card() -> None:
    from karama.monitoring import last_month_panels, panels  # noqa: PLC0415 - the colours only

    colours = {*panels.BENEFIT_COLOURS.values(), *panels.AID_COLOURS.values()}
    colours |= {*last_month_panels.KIND_COLOURS.values(), *last_month_panels.MILIEU_COLOURS.values()}
    assert {colour for colour in colours if contrast(colour, "#ffffff") < 3} == set()


def test_the_pages_of_three_languages_link_to_each_other(country: Country) -> None:
    for first, second in pairwise([*PAGES.values(), PAGES["fr"]]):
        assert f'href="{second}"' in (country.pages / first).read_text(encoding="utf-8")
