"""A process that takes a file into the record and dies, or loses its database, at a chosen point."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

from django.db import connection

from karama.record.scope import SYSTEM, acting_as
from karama.registry.facts import table_of
from karama.registry.models import FACTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

IMPORTING = """
import os, signal, sys
from pathlib import Path
import django
django.setup()
from django.db.backends.utils import CursorWrapper
from karama.cycle import duck
from karama.foundation.errors import KaramaError
from karama.foundation.months import Month
from karama.record.scope import SYSTEM
from karama.registry.imports import copying, import_register, import_updates, load_first_register, update_file

duck.PART_HOUSEHOLDS = 4
update_file.CHUNK_ROWS = 4
done = 0
last = {point}

def step():
    global done
    done += 1
    if done == last:
        {trap}

_execute, _bytes = CursorWrapper._execute_with_wrappers, copying._bytes
def execute(self, *words, **named):
    step()
    return _execute(self, *words, **named)
def lines(batch):
    step()
    return _bytes(batch)
CursorWrapper._execute_with_wrappers, copying._bytes = execute, lines
try:
    {call}
except KaramaError as error:
    sys.stderr.write(str(error))
    sys.exit(error.exit_code)
print(done)
"""
KILL = "os.kill(os.getpid(), signal.SIGKILL)"
CALLS = {
    "register": "import_register(Path({path!r}), month=Month(2025, 11), by=SYSTEM)",
    "next month": "import_register(Path({path!r}), month=Month(2025, 12), by=SYSTEM)",
    "first": "load_first_register(Path({path!r}), month=Month(2025, 11), by=SYSTEM)",
    "scores": "import_updates(Path({path!r}), kind='rsu_scores', by=SYSTEM)",
    "events": "import_updates(Path({path!r}), kind='rnp_events', by=SYSTEM)",
}


def run_import(
    what: str, path: Path, environment: Mapping[str, str], *, point: int = 0, trap: str = KILL
) -> subprocess.CompletedProcess[str]:
    """Take a file in, in chunks of four; the trap springs at the chosen statement or block of rows (0: never)."""
    code = IMPORTING.format(point=point, trap=trap, call=CALLS[what].format(path=str(path)))
    return subprocess.run(
        [sys.executable, "-c", code], env=dict(environment), capture_output=True, text=True, check=False, timeout=300
    )


def told() -> dict[str, list[tuple[Any, ...]]]:
    """What the record holds, without numbers and times: every fact by the names of its subjects, known now or not."""
    found = {}
    with acting_as(SYSTEM), connection.cursor() as cursor:
        for fact in FACTS:
            person = "person_id" in fact.key
            household = "household_id" in fact.key
            joins = " LEFT JOIN registry_person p ON p.id = f.person_id" if person else ""
            joins += " LEFT JOIN registry_household h ON h.id = f.household_id" if household else ""
            names = ", ".join((*(["p.idcs"] if person else []), *(["h.number"] if household else [])))
            values = ", ".join(f"f.{name}::text" for name in fact.values())
            cursor.execute(
                f"SELECT {names}, f.validity::text, upper_inf(f.known), {values} FROM {table_of(fact)} f{joins}"
                " WHERE NOT isempty(f.known) ORDER BY ALL".replace("ORDER BY ALL", f"ORDER BY {_all(fact, names)}")
            )
            found[fact.__name__] = cursor.fetchall()
        cursor.execute('SELECT file, "row", rule FROM registry_rejection ORDER BY 1, 2, 3')
        found["rejections"] = cursor.fetchall()
        cursor.execute("SELECT kind, data - 'seconds' FROM record_event WHERE kind LIKE 'import%' ORDER BY id")
        found["events"] = [(kind,) for kind, _ in cursor.fetchall()]
    return found


def _all(fact: Any, names: str) -> str:  # noqa: ANN401 - a kind of fact
    return ", ".join(str(place + 1) for place in range(names.count(",") + 3 + len(fact.values())))
