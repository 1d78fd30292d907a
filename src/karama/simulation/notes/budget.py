"""The budget note: a forecast on two to four pages in French, then in Arabic, for the budget office."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from karama.foundation.documents import Callout, Document, Facts, Part, write_document
from karama.foundation.languages import Label
from karama.foundation.months import Month
from karama.foundation.wording import PERCENT, month_name, number
from karama.simulation.notes import budget_sections as sections
from karama.simulation.notes import words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from karama.foundation.documents import Block
    from karama.foundation.languages import Language
    from karama.simulation.notes.shapes import ForecastTables

AUTHOR = "Karama"
_LAW_LETTERS = 16
"""Of the digest that names a version of the law: enough to tell two apart, and as `git` does."""
PAGE_OF: Mapping[Language, str] = {"fr": "page {page} sur {pages}", "ar": "الصفحة {page} من {pages}"}
_TITLE = Label("Note budgétaire", "مذكرة الميزانية", "Budget note")
_SUBTITLE = Label("{0} : prévision de {1} à {2}", "{0}: توقعات من {1} إلى {2}", "{0}: forecast from {1} to {2}")
_FOOTER = Label(
    "Karama · données de {0} · loi : {1}", "كرامة · معطيات {0} · القانون: {1}", "Karama · data of {0} · law: {1}"
)
_GROSSED = Label(
    "Le registre est un échantillon de {0} : chaque ménage en représente {1}. Effectifs et montants sont extrapolés.",
    "السجل عينة نسبتها {0}: تمثل كل أسرة معيشية {1}. الأعداد والمبالغ معممة على المجموع.",
    "The register is a sample of {0}: each household stands for {1}. Counts and amounts are grossed up.",
)
_FACTS = {
    "programme": Label("programme", "البرنامج", "programme"),
    "start": Label("données au", "المعطيات إلى غاية", "data of"),
    "period": Label("période prévue", "الفترة المتوقعة", "months forecast"),
    "law": Label("version de la loi", "صيغة القانون", "version of the law"),
    "register": Label("registre", "السجل", "register"),
    "share": Label("part du registre", "نسبة السجل", "share of the register"),
    "scenario": Label("scénario", "السيناريو", "scenario"),
    "draws": Label("tirages", "السحوبات", "draws"),
    "seed": Label("graine", "بذرة السحب", "seed"),
}


def write_pdf(forecast: ForecastTables, path: Path) -> None:
    """Write the budget note, French pages first, then Arabic ones; the same forecast gives the same bytes.

    Raises:
        StorageError: the file cannot be written.
    """
    write_document(budget_note(forecast), path)


def budget_note(forecast: ForecastTables) -> Document:
    """The note as a document, dated with the first month of the forecast."""
    start = start_of(forecast)
    title = f"{_TITLE.fr} · {_TITLE.ar} · {start}"
    parts = [_part(forecast, language) for language in ("fr", "ar")]
    return Document(title, AUTHOR, start.first_day, parts)


def start_of(forecast: ForecastTables) -> Month:
    """The month of the data: the manifest's, or the first month forecast."""
    told = forecast.manifest.get("start")
    return Month.parse(str(told)[:7]) if told else Month.parse(str(forecast.costs["month"].min()))


def is_synthetic(manifest: Mapping[str, Any]) -> bool:
    """Whether the register was generated; a manifest that does not say is taken for one of real persons' data."""
    return bool(manifest.get("synthetic"))


def _part(forecast: ForecastTables, language: Language) -> Part:
    manifest = forecast.manifest
    start = month_name(start_of(forecast), language)
    first, last = (
        month_name(Month.parse(str(one)), language)
        for one in (forecast.costs["month"].min(), forecast.costs["month"].max())
    )
    programme = words.programme_label(str(manifest.get("programme", "asd")), language)
    law = law_of(manifest)
    return Part(
        language=language,
        title=_TITLE.get(language),
        subtitle=_SUBTITLE.get(language).format(programme, first, last),
        footer=_FOOTER.get(language).format(start, law),
        mark=words.SYNTHETIC.get(language) if is_synthetic(manifest) else "",
        page_of=PAGE_OF[language],
        blocks=[*_head(forecast, language), *sections.body(forecast, language)],
    )


def law_of(manifest: Mapping[str, Any]) -> str:
    """The version of the law that the forecast applies."""
    return str(manifest.get("law") or words.ABSENT)[:_LAW_LETTERS]


def _head(forecast: ForecastTables, language: Language) -> list[Block]:
    """The figures that matter first, then what they come from."""
    blocks = [*sections.essential(forecast, language), Facts(facts(forecast, language))]
    share = forecast.manifest.get("share")
    if share and float(share) < 1:
        each = number(1 / float(share), language)
        blocks.append(
            Callout(
                _GROSSED.get(language).format(words.value_said(float(share) * 100, language) + PERCENT[language], each)
            )
        )
    return blocks


def facts(forecast: ForecastTables, language: Language) -> list[tuple[str, str]]:
    """Where the forecast comes from: labels and values."""
    manifest = forecast.manifest
    months = forecast.costs["month"].n_unique()
    share = manifest.get("share")
    told = {
        "programme": words.programme_label(str(manifest.get("programme", "asd")), language),
        "start": month_name(start_of(forecast), language),
        "period": words.months_said(months, language),
        "law": law_of(manifest),
        "register": str(manifest.get("register", words.ABSENT)).rstrip("/").rpartition("/")[2],
        "share": words.value_said(float(share) * 100, language) + PERCENT[language] if share else words.ABSENT,
        "draws": number(int(manifest["draws"]), language) if manifest.get("draws") else "",
        "scenario": str(manifest.get("scenario") or ""),
        "seed": str(manifest.get("seed", words.ABSENT)),
    }
    return [(_FACTS[name].get(language), value) for name, value in told.items() if value]
