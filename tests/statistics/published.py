"""Results that nobody on this project computed, with their sources."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
PUBLISHED: dict[str, Any] = json.loads((_FOLDER / "published_results.json").read_text(encoding="utf-8"))
PYSAL: dict[str, Any] = json.loads((_FOLDER / "pysal_results.json").read_text(encoding="utf-8"))
