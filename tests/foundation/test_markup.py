"""No text breaks a page."""

from __future__ import annotations

from karama.foundation.markup import Html, joined, tag


def test_text_is_escaped_where_it_enters_an_element() -> None:
    assert tag("p", "a < b & c") == "<p>a &lt; b &amp; c</p>"


def test_an_element_inside_another_is_not_escaped_again() -> None:
    assert tag("p", tag("b", "1 & 2"), " < 3") == "<p><b>1 &amp; 2</b> &lt; 3</p>"


def test_attributes_are_written_as_html_names_them_and_quoted() -> None:
    written = tag("a", "x", class_="y", aria_label='say "no"', download=True, hidden=False, title=None)
    assert written == '<a class="y" aria-label="say &quot;no&quot;" download>x</a>'


def test_an_element_without_content_is_not_closed() -> None:
    assert tag("meta", charset="utf-8") == '<meta charset="utf-8">'


def test_nothing_is_left_out_quietly_but_what_is_none() -> None:
    assert joined("a", None, Html("<br>"), "") == "a<br>"
