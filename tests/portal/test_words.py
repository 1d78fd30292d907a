"""Every text of a page exists in three languages, and every text that exists is on a page."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.template.loader import get_template

from karama.portal import words
from karama.portal.sign_in_words import SLIPS
from tests.house.repository import name_of

TEMPLATES = sorted(Path(str(resources.files("karama.portal"))).rglob("templates/**/*.*"))
STYLE = (Path(str(resources.files("karama.portal"))) / "static/karama/style.css").read_text(encoding="utf-8")
_WORD = re.compile(r"words\.(\w+)")


def test_the_pages_say_what_the_words_hold_and_nothing_else() -> None:
    said = {name for path in TEMPLATES for name in _WORD.findall(path.read_text(encoding="utf-8"))}
    assert said == set(words.WORDS)


def test_the_library_s_answers_that_are_put_into_our_words_are_its_own() -> None:
    assert set(SLIPS) <= {*DefaultAccountAdapter.error_messages, *DefaultMFAAdapter.error_messages}


@pytest.mark.parametrize("path", [one for one in TEMPLATES if one.name != "500.html"], ids=name_of)
def test_a_page_holds_no_text_of_its_own(path: Path) -> None:
    """A template's own letters would be of one language; what is said stands in the words."""
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"<script.*?</script>|<[^<>]*>|Karama|كرامة|\?code=", " ", text, flags=re.DOTALL)
    assert re.findall(r"\w{2,}", text) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_our_page_stands_before_the_library_s(path: Path) -> None:
    name = str(path).rpartition("/templates/")[2]
    assert get_template(name).origin.name == str(path)


def test_the_style_knows_no_left_or_right_and_loads_nothing_from_elsewhere() -> None:
    sides = r"(?:margin|padding|border)-(?:left|right|top|bottom)\b|text-align:\s*(?:left|right)"
    assert re.findall(rf"{sides}|float:|[\s;{{](?:width|height|left|right):", STYLE) == []
    assert "//" not in STYLE
