"""JSON of decisions: amounts keep their two decimals, scores their places."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from uuid import uuid4


def _marked(content: object, mark: str) -> object:
    """Decimals as marked text, since JSON encoders turn numbers into floats."""
    if isinstance(content, Decimal):
        return f"{mark}{content:f}{mark}"
    if isinstance(content, dict):
        return {key: _marked(value, mark) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [_marked(value, mark) for value in content]
    return content


def json_text(content: object) -> str:
    """Readable JSON in which ``Decimal("500.00")`` stands as the number 500.00."""
    mark = uuid4().hex  # so that no text of a user is taken for a number
    text = json.dumps(_marked(content, mark), ensure_ascii=False, indent=1, default=str)
    return re.sub(rf'"{mark}(-?[0-9.]+){mark}"', r"\1", text)
