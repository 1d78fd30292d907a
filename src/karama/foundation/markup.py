"""HTML put together so that no text can break it: every string is escaped, every element is closed."""

from __future__ import annotations

from html import escape

_VOID = frozenset({"meta", "link", "br", "hr", "img"})


class Html(str):
    """Text that is HTML already; every other string is escaped where it enters an element."""

    __slots__ = ()


def tag(name: str, /, *children: str | None, **attributes: str | bool | None) -> Html:
    """One element with its children; ``class_`` and ``data_x`` are written ``class`` and ``data-x``.

    A child that is None is left out; an attribute that is None or False too, one that is True stands alone.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{joined(*children)}</{name}>")


def joined(*children: str | None) -> Html:
    """Several pieces one after the other, without an element around them."""
    return Html("".join(one if isinstance(one, Html) else escape(one, quote=False) for one in children if one))


def _attribute(key: str, value: str | bool | None) -> str:  # noqa: FBT001 - as an attribute is: text, there, or not
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(value)}"'
