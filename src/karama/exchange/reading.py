"""JSON of the API: numbers stay exact on the way in and on the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from karama.exchange.problems import INVALID, ProblemError
from karama.law.engine.values import exact_json, json_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest


class ExactParser(Parser):
    """Reads numbers as decimals; refuses NaN, a field given twice, and text that no table can hold."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body.

        Raises:
            BadInputError: not JSON.
            ProblemError: text with a null character or half of a surrogate pair.
            UnicodeDecodeError: not UTF-8.
        """
        found = exact_json(request.body.decode("utf-8"), "the body")
        _refuse_unwritable(found)
        return cast("dict[str, Any]", found)

    def parse_querydict(self, data: Any, list_fields: list[str], request: HttpRequest) -> dict[str, Any]:  # noqa: ANN401
        """The parameters of the address; text that no table can hold is refused here too."""
        found = super().parse_querydict(data, list_fields, request)
        _refuse_unwritable(found)
        return found


class ExactRenderer(BaseRenderer):
    """Writes decimals as numbers."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> str:  # noqa: ANN401, ARG002
        """The text."""
        return json_text(data, indent=None)


def _refuse_unwritable(content: object) -> None:
    if isinstance(content, str):
        if "\x00" in content or not _encodes(content):
            raise ProblemError(INVALID, "a text holds a null character or half a surrogate pair: remove it")
    elif isinstance(content, dict):
        for name, value in cast("Mapping[str, object]", content).items():
            _refuse_unwritable(name)
            _refuse_unwritable(value)
    elif isinstance(content, list):
        for value in content:
            _refuse_unwritable(value)


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
