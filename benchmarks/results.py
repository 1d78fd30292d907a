"""Results as they are kept: one JSON file for each part, with machine, versions, date, commit and raw runs."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.measuring import ROOT, peers_python

RESULTS = Path(__file__).parent / "results"
OWN = ("duckdb", "sqlglot", "karama")
PEERS = ("polars", "openfisca-core", "numpy", "pyarrow", "django", "psycopg")


def save(part: str, content: dict[str, Any]) -> None:
    """Keep the result of a part."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{part}.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def load(part: str) -> dict[str, Any] | None:
    """The result of a part, if it was ever measured."""
    path = RESULTS / f"{part}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def today() -> str:
    """The date of a result."""
    return dt.datetime.now(tz=dt.UTC).date().isoformat()


def commit() -> str:
    """The commit measured; says when files of the product or of the benchmarks differ from it."""
    try:
        head = _git("rev-parse", "--short=12", "HEAD")
        changed = _git("status", "--porcelain", "--", "src", "benchmarks/*.py", "benchmarks/variants")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{head} with changes" if changed else head


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def machine() -> dict[str, Any]:
    """What the figures were measured on, and with which versions."""
    return here() | {"versions": {name: version(name) for name in OWN} | _versions_of_peers()}


def here() -> dict[str, Any]:
    """The machine, its load before the figures, and Python."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(memory, 1),
        "processor": _processor(),
        "system": platform.platform(),
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
    }


def _processor() -> str:
    """The name that the kernel gives to the processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")


def _versions_of_peers() -> dict[str, str]:
    script = (
        "import importlib.metadata as m, json; found = {d.name.lower(): d.version for d in m.distributions()};"
        f" print(json.dumps({{n: found[n] for n in {PEERS!r} if n in found}}))"
    )
    done = subprocess.run([peers_python(), "-c", script], capture_output=True, text=True, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else {}
