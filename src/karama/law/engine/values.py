"""JSON of households and decisions: amounts keep their two decimals, scores their places."""

from __future__ import annotations

import json
import re
from collections import Counter
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from karama.foundation.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Callable


def _marked(content: object, mark: str) -> object:
    """Decimals as marked text, since JSON encoders turn numbers into floats."""
    if isinstance(content, Decimal):
        return f"{mark}{content:f}{mark}"
    if isinstance(content, dict):
        return {key: _marked(value, mark) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [_marked(value, mark) for value in content]
    return content


def json_text(content: object, indent: int | None = 1, default: Callable[[Any], str] = str) -> str:
    """JSON in which ``Decimal("500.00")`` stands as the number 500.00; readable, or without an indent in one line.

    ``default`` writes what JSON has no form for.
    """
    mark = uuid4().hex  # so that no text of a user is taken for a number
    separators = None if indent is not None else (",", ":")
    text = json.dumps(_marked(content, mark), ensure_ascii=False, indent=indent, separators=separators, default=default)
    return re.sub(rf'"{mark}(-?[0-9.]+){mark}"', r"\1", text)


def exact_json(text: str, where: str) -> Any:  # noqa: ANN401 - JSON is any nesting of plain values
    """The content of JSON, its numbers exact; ``where`` says in messages where it stands.

    Raises:
        BadInputError: not JSON, a number that is none (NaN, Infinity), a field given twice.
    """

    def refuse(constant: str) -> None:
        message = f"{where}: {constant} is no number: write a plain number, or null where it is unknown"
        raise BadInputError(message)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            counts = Counter(name for name, _ in pairs)
            twice = next(name for name, count in counts.items() if count > 1)
            message = f"{where}: field '{twice}' is given twice: keep one"
            raise BadInputError(message)
        return found

    try:
        return json.loads(text, parse_float=Decimal, parse_constant=refuse, object_pairs_hook=once)
    except (ValueError, RecursionError, InvalidOperation) as error:
        message = f"{where}: not valid JSON ({error}): correct the file"
        raise BadInputError(message) from error
