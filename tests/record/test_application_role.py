"""What the application's role cannot do to the database, whatever statement reaches it; and where that ends."""

from __future__ import annotations

import pytest
from django.db import Error, connection, transaction
from psycopg import errors

from karama.record.scope import SYSTEM, acting_as, enter
from tests.record.register_of_two_provinces import Register, count, rows

FORBIDDEN = {
    "become the owner": "SET ROLE karama_owner",
    "become the owner for the session": "SET SESSION AUTHORIZATION karama_owner",
    "leave the walls": "ALTER TABLE registry_civil DISABLE ROW LEVEL SECURITY",
    "drop a policy": "DROP POLICY registry_civil_seen ON registry_civil",
    "add a policy": "CREATE POLICY mine ON registry_civil USING (true)",
    "give itself a bypass": "ALTER ROLE karama_app BYPASSRLS",
    "make a role": "CREATE ROLE other SUPERUSER",
    "empty a table": "TRUNCATE registry_civil CASCADE",
    "empty the journal": "TRUNCATE record_event CASCADE",
    "drop a table": "DROP TABLE registry_civil",
    "alter a table": "ALTER TABLE registry_civil ADD COLUMN seen boolean",
    "own a table": "ALTER TABLE registry_civil OWNER TO karama_app",
    "drop a trigger": "DROP TRIGGER record_event_immutable ON record_event",
    "silence a trigger": "ALTER TABLE record_event DISABLE TRIGGER ALL",
    "silence every trigger": "SET session_replication_role = 'replica'",
    "replace a function": "CREATE OR REPLACE FUNCTION karama_acts() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "replace the clock": "ALTER FUNCTION karama_now() SECURITY INVOKER",
    "make a table": "CREATE TABLE public.kept (row text)",
    "make a function": "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "make an extension": "CREATE EXTENSION dblink",
    "read passwords": "SELECT * FROM pg_authid",
    "read a file": "SELECT pg_read_file('/etc/passwd')",
    "write a file": "COPY (SELECT 1) TO '/srv/out'",
    "run a program": "COPY pg_class TO PROGRAM 'cat'",
    "change the journal": "UPDATE record_event SET actor = 'nobody'",
    "delete from the journal": "DELETE FROM record_event",
    "change a seal": "UPDATE record_seal SET root = ''",
    "delete a seal": "DELETE FROM record_seal",
    "delete a fact": "DELETE FROM registry_civil",
    "overwrite a fact": "UPDATE registry_civil SET sex = 'M'",
    "delete a decision": "DELETE FROM decisions_decision",
    "overwrite a decision": "UPDATE decisions_decision SET amount_centimes = 1",
    "delete a household": "DELETE FROM registry_household",
    "forget a role": "DELETE FROM record_rolegrant",
    "forget a migration": "DELETE FROM django_migrations",
    "give its rights away": "GRANT SELECT ON registry_civil TO PUBLIC WITH GRANT OPTION",
    "end the server's other work": "SELECT pg_reload_conf()",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_even_for_the_nation_the_role_cannot(what: str, register: Register) -> None:
    assert register
    with acting_as(SYSTEM), pytest.raises(Error) as said, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FORBIDDEN[what])
    # By its code: the words differ from one release of PostgreSQL to the next.
    cause = said.value.__cause__
    assert isinstance(cause, errors.InsufficientPrivilege | errors.InvalidGrantOperation), said.value


@pytest.mark.usefixtures("register")
def test_the_role_is_nobody_else_and_nobody_else_is_it() -> None:
    assert rows("SELECT current_user, session_user") == [("karama_app", "karama_app")]
    assert rows("""
        SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles
        WHERE rolname = current_user""") == [(False,) * 5]
    assert rows("SELECT 1 FROM pg_auth_members WHERE member = current_user::regrole") == []
    assert rows("SELECT relname FROM pg_class WHERE relowner = current_user::regrole AND relpersistence <> 't'") == []


@pytest.mark.usefixtures("register")
def test_asking_for_rows_without_the_walls_is_an_error_and_not_an_answer() -> None:
    with pytest.raises(Error, match="row-level security"), transaction.atomic():
        rows("SET LOCAL row_security = off; SELECT * FROM registry_civil")


@pytest.mark.usefixtures("register")
def test_a_table_that_hides_another_does_not_open_the_wall() -> None:
    """The walls name their tables once for all; what a session calls by the same name is something else."""
    with transaction.atomic(), connection.cursor() as cursor:
        for name in ("registry_household", "registry_membership", "registry_person", "registry_establishment"):
            cursor.execute(f"CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS SELECT generate_series(1, 9) AS id")
        assert count("public.registry_civil") == 0
        assert count("public.registry_situation") == 0


@pytest.mark.usefixtures("register")
def test_the_second_wall_ends_where_a_statement_may_set_the_scope() -> None:
    """The honest limit: the database trusts what it is told of who acts, whoever tells it.

    The walls stop a query that forgets its filter, not SQL that a stranger wrote: every value is a parameter, and the
    linter refuses SQL made of anything but our own names.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('karama.scope', 'nation', true)")
        assert count("registry_civil") > 0
        transaction.set_rollback(True)
    with transaction.atomic():
        enter(SYSTEM)
        transaction.set_rollback(True)
