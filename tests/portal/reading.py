"""A page as its reader meets it: its language, its words, its links, its forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from django.test import Client

if TYPE_CHECKING:
    from django.http import HttpResponse

VOID = frozenset({"meta", "link", "input", "img", "br"})


@dataclass
class Page(HTMLParser):
    """Refuses an element closed out of turn."""

    status: int = 0
    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    text: str = ""
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "script" not in self._open:
            self.text += data

    def all(self, *tags: str) -> list[dict[str, Any]]:
        return [attributes for tag, attributes in self.elements if tag in tags]

    @property
    def language(self) -> tuple[str | None, str | None]:
        (page,) = self.all("html")
        return page["lang"], page["dir"]

    @property
    def leads_to(self) -> set[str]:
        """Addresses on this service that a reader can follow or send a form to."""
        told = [one.get("href") for one in self.all("a", "link")] + [one.get("action") for one in self.all("form")]
        told += [one["src"] for one in self.all("script", "img") if "src" in one]
        return {one for one in told if one and not one.startswith(("#", "data:"))}


def read(answer: HttpResponse) -> Page:
    """An answer read to its end."""
    page = Page(answer.status_code)
    page.feed(answer.content.decode())
    page.close()
    assert page._open == []
    return page


def reader(language: str = "", address: str = "127.0.0.1") -> Client:
    """A browser that asks for a language, or for none."""
    return Client(headers={"accept-language": language} if language else {}, REMOTE_ADDR=address)
