"""JSON of decisions: amounts keep their two decimals, scores their places."""

from __future__ import annotations

import json
import re
from decimal import Decimal

_MARK = "\x00"
_MARKED = re.compile(r'"\\u0000(-?[0-9.]+)\\u0000"')


def _marked(content: object) -> object:
    """Decimals as marked text, since JSON encoders turn numbers into floats."""
    if isinstance(content, Decimal):
        return f"{_MARK}{content:f}{_MARK}"
    if isinstance(content, dict):
        return {key: _marked(value) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [_marked(value) for value in content]
    return content


def json_text(content: object) -> str:
    """Readable JSON in which ``Decimal("500.00")`` stands as the number 500.00."""
    return _MARKED.sub(r"\1", json.dumps(_marked(content), ensure_ascii=False, indent=1, default=str))
