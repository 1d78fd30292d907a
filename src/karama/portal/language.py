"""The language of a page: the one its reader chose, else one of ours that the browser asks for, else Arabic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.functional import lazy
from django.utils.translation.trans_real import parse_accept_lang_header

from karama.foundation.languages import LANGUAGES
from karama.portal.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

    from karama.foundation.languages import Label, Language

NAMES: dict[Language, str] = {"ar": "العربية", "fr": "Français", "en": "English"}
"""The languages in the order in which a page offers them, each in its own words."""


class PageLanguageMiddleware(LocaleMiddleware):
    """The API answers in French where nobody asks for a language; a page speaks Arabic first."""

    def process_request(self, request: HttpRequest) -> None:
        """Choose the language of this answer."""
        super().process_request(request)
        if not request.path.startswith("/api/") and not any(_asked(request)):
            translation.activate("ar")
            request.LANGUAGE_CODE = "ar"


def _asked(request: HttpRequest) -> Iterator[bool]:
    """Whether a language of ours was chosen on a page, or is among those that the browser asks for."""
    yield request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) in LANGUAGES
    for one, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        yield one[:2] in LANGUAGES


def page_language() -> Language:
    """The language in which the page under way speaks."""
    spoken = (translation.get_language() or "")[:2]
    return next((one for one in LANGUAGES if one == spoken), "ar")


class Spoken:
    """The words of the pages in one language: ``{{ words.sign_in }}`` in a template."""

    def __init__(self, language: Language) -> None:
        """Take the language."""
        self._language: Language = language

    def __getitem__(self, name: str) -> str:
        """One text."""
        return WORDS[name].get(self._language)


def frame(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001 - the signature of a context processor
    """What every page's frame is made of: its language and words, and whether all data is invented."""
    language = page_language()
    return {
        "language": language,
        "direction": "rtl" if language == "ar" else "ltr",
        "languages": NAMES,
        "words": Spoken(language),
        "synthetic": settings.SYNTHETIC,
    }


def told(label: Label) -> Any:  # noqa: ANN401 - Django's lazy text
    """A text that is put into its reader's language only when it is shown: for what libraries say."""
    return lazy(lambda: label.get(page_language()), str)()
