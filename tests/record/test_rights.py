"""The rights of the application's role in the database, and the roles that are refused for being too strong."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, connections, transaction

from karama.record.rights import faults_of_role, grant, rights_on
from karama.record.scope import SYSTEM, acting_as


def _rights() -> dict[str, set[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, held FROM pg_class c,"
            " unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS held"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
            " AND has_table_privilege(c.oid, held)"
        )
        found: dict[str, set[str]] = {}
        for table, right in cursor.fetchall():
            found.setdefault(table, set()).add(right)
        return found


@pytest.mark.usefixtures("db")
def test_every_table_is_read_and_none_is_emptied() -> None:
    rights = _rights()
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    assert set(rights) == tables
    assert {table for table, held in rights.items() if "TRUNCATE" in held} == set()
    assert "INSERT" not in rights["django_migrations"]


@pytest.mark.usefixtures("db")
def test_rows_of_persons_and_of_the_journal_are_never_deleted() -> None:
    deletes = {table for table, held in _rights().items() if "DELETE" in held}
    assert "django_session" in deletes
    assert {table for table in deletes if table.startswith(("registry_", "claims_", "decisions_", "appeals_"))} == set()
    assert {table for table in deletes if table.startswith("record_")} == {
        "record_keptanswer",
        "record_rate",
        "record_unsealed",
    }


@pytest.mark.usefixtures("db")
def test_the_journal_is_not_changed_and_a_fact_only_to_close_what_was_known() -> None:
    assert _rights()["record_event"] == {"SELECT", "INSERT"}
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE record_event SET kind = 'other'")
    assert _changeable("registry_civil") == ["known"]


@pytest.mark.usefixtures("db")
def test_a_household_keeps_its_number_and_changes_its_commune() -> None:
    assert _changeable("registry_household") == ["commune"]
    with pytest.raises(DatabaseError, match="permission denied"), acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_household SET number = 'other'")


def _changeable(table: str) -> list[str]:
    """The columns of a table that the application may change."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name::text FROM information_schema.column_privileges WHERE grantee = current_user"
            " AND table_name = %s AND privilege_type = 'UPDATE' ORDER BY 1",
            [table],
        )
        return [name for (name,) in cursor.fetchall()]


def test_rights_follow_the_guards_of_a_table() -> None:
    assert rights_on("claims_claim", {}) == ["SELECT", "INSERT", "UPDATE"]
    assert rights_on("decisions_decision", {"karama_refuse_change": b"\0"}) == ["SELECT", "INSERT"]
    assert rights_on("record_rolegrant", {"karama_refuse_change": b"revoked_at,revoked_by\0"}) == [
        *("SELECT", "INSERT", 'UPDATE ("revoked_at", "revoked_by")')
    ]
    assert rights_on("procrastinate_jobs", {})[-1] == "DELETE"


@pytest.mark.usefixtures("own_database")
def test_a_right_given_by_hand_is_taken_back_by_the_next_migration() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("GRANT DELETE ON record_event TO karama_app")
    assert "DELETE" in _rights()["record_event"]
    with transaction.atomic(using="owner"):
        grant(connections["owner"], "karama_app")
    assert "DELETE" not in _rights()["record_event"]


@pytest.mark.usefixtures("own_database")
def test_a_role_that_owns_or_bypasses_is_named_for_what_it_may_do() -> None:
    assert faults_of_role(connection) == []
    assert faults_of_role(connections["owner"]) == [
        "karama_owner is a superuser, whom row-level security does not hold",
        "karama_owner bypasses row-level security",
        "karama_owner may make other roles",
        "karama_owner may make databases",
        "karama_owner owns tables, or belongs to a role that does",
    ]
