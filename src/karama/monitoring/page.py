"""The page of a month report: its frame, its key figures, its figures with their tables, one household explained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from karama import __version__
from karama.foundation.languages import Label
from karama.foundation.markup import Html, joined, tag
from karama.foundation.money import from_centimes
from karama.foundation.wording import month_name, number
from karama.monitoring.why import why_article

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from karama.foundation.languages import Language
    from karama.foundation.months import Month
    from karama.law.engine.explain import Explanation
    from karama.monitoring.example_household import Example
    from karama.monitoring.month_figures import MonthFigures
    from karama.monitoring.panels import Panel

_MILLION, _BILLION = 1_000_000, 1_000_000_000
_LANGUAGE_NAMES: Mapping[Language, str] = {"fr": "Français", "ar": "العربية", "en": "English"}
_SIDE_BY_SIDE: Mapping[Language, tuple[Language, Language]] = {
    "fr": ("fr", "ar"),
    "ar": ("ar", "fr"),
    "en": ("en", "ar"),
}

TITLE = Label(
    "L'aide sociale directe, mois par mois", "الدعم الاجتماعي المباشر، شهرا بشهر", "Direct social aid, month by month"
)
SYNTHETIC = Label("Données synthétiques", "معطيات اصطناعية", "Synthetic data")
_WORDS: Mapping[str, Label] = {
    "nobody": Label(
        "Aucune ligne n'est une personne réelle.", "لا يمثل أي سطر شخصا حقيقيا.", "No row is a real person."
    ),
    "intro": Label(
        "Un registre synthétique de {households} ménages, ajusté au recensement de 2024 ({share} % du pays), auquel la"
        " loi 58-23 est appliquée de {first} à {last} : qui reçoit quoi, pourquoi, ce qui a changé, et à quelle"
        " distance des chiffres publiés.",
        "سجل اصطناعي من {households} أسرة معيشية، معاير على الإحصاء العام لسنة 2024 ({share}% من البلد)، طبق عليه"
        " القانون 58.23 من {first} إلى {last}: من يستفيد وبماذا ولماذا، وما الذي تغير، وما مدى"
        " القرب من الأرقام المنشورة.",
        "A synthetic register of {households} households fitted to the census of 2024 ({share}% of the country), to"
        " which law 58-23 is applied from {first} to {last}: who receives what, why, what changed, and how far that is"
        " from the published figures.",
    ),
    "families": Label("familles aidées", "أسرة مستفيدة", "families aided"),
    "children": Label("enfants comptés", "طفل محتسب", "children counted"),
    "amount": Label("MAD dus dans le mois", "درهم مستحقة في الشهر", "MAD due in the month"),
    "moves": Label("entrées et sorties du mois", "دخول وخروج في الشهر", "entries and exits of the month"),
    "country": Label("soit {0} pour le pays", "أي {0} على مستوى البلد", "that is {0} for the whole country"),
    "millions": Label("{0} millions", "{0} مليون", "{0} million"),
    "billions": Label("{0} milliards", "{0} مليار", "{0} billion"),
    "table": Label("Le tableau de ce dessin", "جدول هذا الرسم", "The table behind this picture"),
    "month": Label("Mois", "الشهر", "Month"),
    "months": Label("Mois", "الأشهر", "Months"),
    "unit": Label("Unité", "الوحدة", "Unit"),
    "source": Label("Source", "المصدر", "Source"),
    "download": Label("Télécharger le tableau (CSV)", "تحميل الجدول (CSV)", "Download the table (CSV)"),
    "file": Label("Télécharger ce ménage (JSON)", "تحميل هذه الأسرة (JSON)", "Download this household (JSON)"),
    "one": Label("Un ménage, expliqué", "شرح حالة أسرة واحدة", "One household, explained"),
    "one_reading": Label(
        "La même décision, dite dans les deux langues par les mêmes formules qui l'ont calculée.",
        "القرار نفسه، بلغتين، تشرحه الصيغ نفسها التي حسبته.",
        "The same decision in two languages, told by the very formulas that computed it.",
    ),
    "contents": Label("Sur cette page", "في هذه الصفحة", "On this page"),
    "languages": Label("Langues", "اللغات", "Languages"),
    "census": Label(
        "Recensement : Haut-Commissariat au Plan (HCP), RGPH 2024. Loi : loi 58-23 et ses décrets, d'après les pages"
        " officielles et la presse ; « karama law parameters --unconfirmed » liste ce qu'un juriste doit vérifier.",
        "الإحصاء: المندوبية السامية للتخطيط، الإحصاء العام 2024. القانون: القانون 58.23 ومراسيمه، حسب الصفحات الرسمية"
        " والصحافة؛ يعرض الأمر «karama law parameters --unconfirmed» ما يجب أن يتحقق منه خبير قانوني.",
        "Census: Haut-Commissariat au Plan (HCP), RGPH 2024. Law: law 58-23 and its decrees, from official pages and"
        " the press; “karama law parameters --unconfirmed” lists what a lawyer must check.",
    ),
    "made": Label(
        "Fait par karama {version}, graine {seed}, part {share}.",
        "أنجزته karama {version}، البذرة {seed}، الحصة {share}.",
        "Made by karama {version}, seed {seed}, share {share}.",
    ),
}


_SQUARE = '<rect x="9.5" y="9.5" width="21" height="21"{0}/>'
_STARS = Html(
    '<svg class="band" aria-hidden="true" focusable="false"><defs>'
    '<pattern id="khatim" width="40" height="40" patternUnits="userSpaceOnUse">'
    + _SQUARE.format("")
    + _SQUARE.format(' transform="rotate(45 20 20)"')
    + '<circle cx="20" cy="20" r="4.5"/><circle cx="0" cy="0" r="3"/><circle cx="40" cy="0" r="3"/>'
    '<circle cx="0" cy="40" r="3"/><circle cx="40" cy="40" r="3"/></pattern></defs>'
    '<rect width="100%" height="100%" fill="url(#khatim)"/></svg>'
)
"""A band of eight-pointed stars, the *khatim* of Moroccan zellige; it says nothing."""


@dataclass(frozen=True)
class PageHead:
    """What the pages of a report share: their file names, the files beside them, the style, the register's origin."""

    pages: Mapping[Language, str]
    tables: str
    example_file: str
    style: str
    register: Mapping[str, Any]

    @property
    def share(self) -> float:
        """Part of the census's households that was generated."""
        return float(self.register["share"])


def page(
    head: PageHead,
    *,
    figures: MonthFigures,
    panels: Sequence[Panel],
    explanation: Explanation,
    example: Example,
    language: Language,
) -> Html:
    """The whole page in one language."""
    title = f"Karama · {TITLE.get(language)}"
    heading = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"{title} ({SYNTHETIC.get(language)})"),
        tag("style", Html(head.style)),
    )
    body = tag(
        "body",
        _banner(head, figures, language),
        tag(
            "main",
            _key_figures(head, figures, language),
            _contents(panels, language),
            *(_section(head, panel, language) for panel in panels),
            _household(head, explanation, example, language),
        ),
        _footer(head, language),
    )
    return joined(
        Html("<!doctype html>\n"), tag("html", heading, body, lang=language, dir="rtl" if language == "ar" else "ltr")
    )


def _say(name: str, language: Language, **values: str) -> str:
    return _WORDS[name].get(language).format(**values)


def _label(language: Language) -> Html:
    """The mark that says the data are synthetic."""
    return tag("span", SYNTHETIC.get(language), class_="synthetic")


def _banner(head: PageHead, figures: MonthFigures, language: Language) -> Html:
    first = head.register["rows"][str(figures.months[0])]
    links = [
        tag(
            "a",
            _LANGUAGE_NAMES[one],
            href=name,
            lang=one,
            hreflang=one,
            aria_current="page" if one == language else None,
        )
        for one, name in head.pages.items()
    ]
    intro = _say(
        "intro",
        language,
        households=number(first["households"], language),
        share=_percent(head.share, language),
        first=month_name(figures.months[0], language),
        last=month_name(figures.last, language),
    )
    others = [one for one in head.pages if one != language]
    return tag(
        "header",
        _STARS,
        tag(
            "div",
            tag("p", tag("b", "Karama"), " · ", tag("b", "كرامة", lang="ar"), class_="mark-word"),
            tag("nav", *links, aria_label=_say("languages", language)),
            class_="bar",
        ),
        tag("h1", TITLE.get(language)),
        tag(
            "p",
            *(tag("span", TITLE.get(one), lang=one, dir="rtl" if one == "ar" else "ltr") for one in others),
            class_="other-titles",
        ),
        tag("p", intro, class_="intro"),
        tag("p", _label(language), " ", _say("nobody", language), class_="nobody"),
        class_="banner",
    )


def _percent(share: float, language: Language) -> str:
    """A share in percent without idle zeros."""
    text = number(100 * share, language, 4).rstrip("0")
    return text.rstrip(",.")


def _key_figures(head: PageHead, figures: MonthFigures, language: Language) -> Html:
    """The last month in four numbers, those of the register first, then brought to the country."""
    at = figures.aids.filter(pl.col("month") == str(figures.last))
    families, amount = int(at["families"].sum()), int(at["amount_centimes"].sum())
    children = int(at.filter(pl.col("aid") == "child")["children"].sum())
    moves = {
        row["kind"]: row["beneficiaries"]
        for row in figures.moves.filter(pl.col("month") == str(figures.last)).iter_rows(named=True)
    }
    entries, exits = (number(moves.get(kind, 0), language) for kind in ("entry", "exit"))
    cards = [
        _card(number(families, language), "families", families / head.share, language),
        _card(number(children, language), "children", children / head.share, language),
        _card(number(from_centimes(amount), language), "amount", float(from_centimes(amount)) / head.share, language),
        tag(
            "li",
            tag("strong", tag("bdi", f"+{entries} / −{exits}", dir="ltr")),
            tag("span", _say("moves", language)),
        ),
    ]
    month = month_name(figures.last, language)
    return tag(
        "section",
        tag("h2", month[0].upper() + month[1:], " ", _label(language)),
        tag("ul", *cards, class_="cards"),
        class_="key",
    )


def _card(text: str, name: str, country: float, language: Language) -> Html:
    """One number with what it counts, and its size for the whole country."""
    unit, size = ("billions", _BILLION) if country >= _BILLION else ("millions", _MILLION)
    large = _WORDS[unit].get(language).format(number(country / size, language, 2))
    return tag(
        "li",
        tag("strong", text),
        tag("span", _say(name, language)),
        tag("small", _WORDS["country"].get(language).format(large)),
    )


def _contents(panels: Sequence[Panel], language: Language) -> Html:
    links = [tag("a", panel.title.get(language), href=f"#{panel.name}") for panel in panels]
    links.append(tag("a", _say("one", language), href="#household"))
    return tag("nav", *links, class_="contents", aria_label=_say("contents", language))


def _section(head: PageHead, panel: Panel, language: Language) -> Html:
    """One figure: its title, what to see in it, its colours, the picture, the table, and where it comes from."""
    title = panel.title.get(language)
    legend = [tag("li", tag("i", style=f"background:{colour}"), label.get(language)) for colour, label in panel.legend]
    picture = tag(
        "div",
        tag("div", Html(panel.draw(language, False)), class_="wide"),  # noqa: FBT003 - the two forms of a drawing
        tag("div", Html(panel.draw(language, True)), class_="narrow"),  # noqa: FBT003
        class_="picture",
        role="img",
        aria_label=f"{title} {_say('table', language)}",
    )
    return tag(
        "section",
        tag("h2", title),
        tag("p", panel.reading.get(language), class_="reading"),
        tag("ul", *legend, class_="legend"),
        tag(
            "figure",
            picture,
            tag(
                "details",
                tag("summary", _say("table", language)),
                panel.table.as_html(f"{title} ({panel.unit.get(language)})", language),
                open=True,
            ),
            tag("figcaption", *_caption(head, panel, language)),
        ),
        id=panel.name,
        class_="panel",
    )


def _caption(head: PageHead, panel: Panel, language: Language) -> list[str]:
    colon = "\u00a0: " if language == "fr" else ": "
    facts = {
        "month" if panel.months[0] == panel.months[1] else "months": _period(panel.months, language),
        "unit": panel.unit.get(language),
        "source": panel.source.get(language),
    }
    said = [tag("span", tag("b", _say(name, language), colon), text) for name, text in facts.items()]
    file = f"{head.tables}/{panel.name}.csv"
    return [_label(language), *said, tag("a", _say("download", language), href=file, download=True)]


def _period(months: tuple[Month, Month], language: Language) -> str:
    first, last = (month_name(month, language) for month in months)
    return first if first == last else f"{first} – {last}"


def _household(head: PageHead, explanation: Explanation, example: Example, language: Language) -> Html:
    """One household explained in two languages, side by side."""
    articles = [why_article(explanation, example, one) for one in _SIDE_BY_SIDE[language]]
    return tag(
        "section",
        tag("h2", _say("one", language), " ", _label(language)),
        tag("p", _say("one_reading", language), class_="reading"),
        tag("div", *articles, class_="both"),
        tag("p", tag("a", _say("file", language), href=head.example_file, download=True), class_="file"),
        id="household",
        class_="panel",
    )


def _footer(head: PageHead, language: Language) -> Html:
    made = _say(
        "made", language, version=__version__, seed=str(head.register["seed"]), share=str(head.register["share"])
    )
    return tag(
        "footer",
        tag("p", _label(language), " ", _say("nobody", language)),
        tag("p", _say("census", language)),
        tag("p", made),
    )
