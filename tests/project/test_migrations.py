"""Migrations go forward and back, on the bundled PostgreSQL and on the oldest one taken."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, connections

from karama.record.upkeep.doctor import unapplied
from tests.house.repository import ROOT

INSTALLED = Path("/usr/lib/postgresql/15/bin")
OURS = [config.label for config in apps.get_app_configs() if config.name.startswith("karama.") and config.models_module]

_SHAPE = """
    SELECT 'column', table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
        FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'constraint', conrelid::regclass || ' ' || pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'trigger', pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'policy', tablename || ' ' || policyname || coalesce(qual, '') || coalesce(with_check, '')
        FROM pg_policies WHERE schemaname = 'public'
    UNION ALL SELECT 'walls', relname || relrowsecurity || relforcerowsecurity FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    UNION ALL SELECT 'function', pg_get_functiondef(oid) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'karama%'
"""


def _shape() -> set[tuple[str, str]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(_SHAPE)
        return set(cursor.fetchall())


def _ours() -> set[str]:
    with connections["owner"].cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        cursor.execute("SELECT proname FROM pg_proc WHERE proname LIKE 'karama%'")
        return {name for name in names if name.partition("_")[0] in OURS} | {name for (name,) in cursor.fetchall()}


@pytest.mark.usefixtures("service")
def test_every_app_s_models_are_in_its_migrations() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.usefixtures("own_database")
def test_the_template_is_wholly_migrated() -> None:
    assert unapplied() == []


@pytest.mark.long
@pytest.mark.usefixtures("own_database")
def test_all_our_tables_go_and_come_back_as_they_were() -> None:
    before = _shape()
    assert len(before) > 500
    for label in reversed(OURS):
        call_command("migrate", label, "zero", database="owner", verbosity=0)
    assert _ours() == set()
    call_command("migrate", database="owner", verbosity=0)
    assert _shape() == before


@pytest.mark.long
def test_the_service_s_tests_pass_on_the_oldest_postgresql_too() -> None:
    if not INSTALLED.exists():
        pytest.skip("Debian's PostgreSQL 15 is not installed")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KARAMA_", "PYTEST_"))}
    folders = [str(ROOT / "tests" / name) for name in ("record", "registry", "delivery", "exchange", "project")]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "not long", "-p", "no:cacheprovider", *folders],
        cwd=ROOT,
        env={**kept, "KARAMA_POSTGRES_BIN": str(INSTALLED)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:]
