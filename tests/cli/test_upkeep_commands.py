"""``karama backup``, ``restore`` and ``doctor`` as somebody types them."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.service_database import Database

pytestmark = pytest.mark.long


def _karama(database: Database, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "karama", *words],
        env={**database.environment, **more},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_backup_is_tried_out_and_restored(own_database: Database, tmp_path: Path) -> None:
    folder = str(tmp_path / "backup")
    made = _karama(own_database, "backup", folder)
    assert made.returncode == 0, made.stderr
    assert made.stdout.splitlines()[1].startswith("SHA-256 of the manifest, to keep elsewhere: ")
    tried = _karama(own_database, "restore", folder, "--drill")
    says = "as they were backed up; the journal's 0 sealed events: nothing wrong; the drill's database is removed\n"
    assert tried.stdout.endswith(says), tried.stderr
    refused = _karama(own_database, "restore", folder)
    assert refused.returncode == 3
    assert "holds tables, which are kept" in refused.stderr
    replaced = _karama(own_database, "restore", folder, "--replace")
    assert replaced.returncode == 0, replaced.stderr
    aside = replaced.stdout.split()[-1]
    assert aside.startswith(f"{own_database.name}_before_")
    assert _karama(own_database, "doctor").returncode == 0
    with own_database.server.connect_as_owner() as owner:
        owner.execute(f'DROP DATABASE "{aside}"')


def test_the_doctor_ends_with_a_code_of_its_own_and_names_what_failed(own_database: Database) -> None:
    sound = _karama(own_database, "doctor", "--format", "json")
    assert sound.returncode == 0
    assert {one["status"] for one in json.loads(sound.stdout)} <= {"ok", "warn"}
    unsafe = _karama(own_database, "doctor", KARAMA_MODE="production", KARAMA_DEBUG="1")
    assert unsafe.returncode == 11
    assert "fail  settings    KARAMA_DEBUG is 1" in unsafe.stdout
    assert "checks failed: see the lines that begin with fail" in unsafe.stderr
    nowhere = _karama(own_database, "doctor", DATABASE_URL="postgresql://nobody@127.0.0.1:1/karama")
    assert nowhere.returncode == 11
    assert nowhere.stdout.startswith("fail  database    the database cannot be reached")
