"""Walls of the database as reversible migration steps: who sees a row, which rows never change, which roles exclude.

A migration of any app says ``row_security("claims_claim", HOUSEHOLD)``; what the sentence means stands here once.
"""

from __future__ import annotations

from django.db.migrations import RunSQL

NATION = "(SELECT karama_sees_nation())"
"""True where the transaction works for the whole country; asked once per statement."""

SOMETHING = "(SELECT karama_sees_something())"
"""True where it works for a part of it; without a scope no table is even looked into."""


def in_territories(commune: str) -> str:
    """In a region, a province or a commune of the scope: three lists, each made once per statement."""
    return (
        f"(left({commune}, 2) = ANY ((SELECT karama_territories(2))::text[])"
        f" OR left({commune}, 5) = ANY ((SELECT karama_territories(5))::text[])"
        f" OR {commune} = ANY ((SELECT karama_territories(9))::text[]))"
    )


# One row is looked up by its key, never EXISTS: PostgreSQL may answer that by reading every household once, which is
# right for a list of all and wrong for one file.
_OF_HOUSEHOLD = "(SELECT true FROM registry_household seen WHERE seen.id = {table}.household_id)"
_OF_ESTABLISHMENT = (
    "(SELECT true FROM registry_establishment e WHERE e.id = {table}.establishment_id"
    f" AND ({in_territories('e.commune')} OR e.code = (SELECT karama_establishment())))"
)
_OF_PERSON = (
    "coalesce((SELECT true FROM registry_membership seen WHERE seen.person_id = {table}.{key}%(while)s LIMIT 1),"
    " (SELECT true FROM registry_placement seen WHERE seen.person_id = {table}.{key}%(while)s LIMIT 1))"
)

OWN_COMMUNE = (
    f"{NATION} OR {SOMETHING} AND ({in_territories('commune')} OR id = ANY ((SELECT karama_households())::bigint[]))"
)
"""For the table of households itself: of the territories, or among the citizen's own."""

HOUSEHOLD = f"{NATION} OR {SOMETHING} AND {_OF_HOUSEHOLD}"
"""For what belongs to a household: seen by whoever sees the household."""

PERSON = f"{NATION} OR {SOMETHING} AND {_OF_PERSON}" % {"while": ""}
"""For what belongs to a person: seen by whoever sees a household or an establishment the person is or was in."""

PERSON_THEN = f"{NATION} OR {SOMETHING} AND {_OF_PERSON}" % {
    "while": " AND seen.validity && {table}.validity AND seen.known && {table}.known"
}
"""For a fact of a person: seen by whoever sees where the person was while it held: who has left is not followed."""

ESTABLISHMENT = f"{NATION} OR {SOMETHING} AND {_OF_ESTABLISHMENT}"
"""For what an establishment claims: seen by its director and by the staff of its territory."""

FILE = (
    f"{NATION} OR {SOMETHING} AND CASE WHEN {{table}}.household_id IS NULL"
    f" THEN {_OF_ESTABLISHMENT} ELSE {_OF_HOUSEHOLD} END"
)
"""For what belongs to a household or to a child in an establishment: claims, decisions, appeals."""

PLACE = (
    f"{NATION} OR {SOMETHING} AND ({in_territories('{table}.commune')}"
    " OR {table}.household_id = ANY ((SELECT karama_households())::bigint[]))"
)
"""For what is answered where it came in, whether or not it is about a household: complaints."""

OWN_NAME = f"karama_acts() AND ({NATION} OR coalesce(account_id::text, actor) = karama_setting('karama.actor'))"
"""For a line of the journal: whoever acts may add one, in no other name than his own."""


def row_security(
    table: str, sees: str, *, key: str = "person_id", adds: str | None = None, and_sees: str = "true"
) -> RunSQL:
    """Show a row to whom ``sees`` holds, let rows be added where ``adds`` holds, and force both on the owner too.

    ``adds`` is ``sees`` where it is not given: nobody writes where he does not see.
    """
    seen = f"({sees.format(table=table, key=key)}) AND ({and_sees})"
    added = seen if adds is None else f"({adds.format(table=table, key=key)}) AND ({and_sees})"
    return RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY {table}_seen ON {table} FOR SELECT USING ({seen});
        CREATE POLICY {table}_changed ON {table} FOR UPDATE USING ({seen}) WITH CHECK ({added});
        CREATE POLICY {table}_removed ON {table} FOR DELETE USING ({seen});
        CREATE POLICY {table}_added ON {table} FOR INSERT WITH CHECK ({added});
        """,
        f"""
        DROP POLICY {table}_added ON {table};
        DROP POLICY {table}_removed ON {table};
        DROP POLICY {table}_changed ON {table};
        DROP POLICY {table}_seen ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


def immutable(table: str, *, but: tuple[str, ...] = ()) -> RunSQL:
    """Refuse to delete a row of ``table``, and to change it but in the columns ``but``, each once, from null."""
    may_change = ",".join(but)
    return RunSQL(
        f"CREATE TRIGGER {table}_immutable BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW"
        f" EXECUTE FUNCTION karama_refuse_change('{may_change}')",
        f"DROP TRIGGER {table}_immutable ON {table}",
    )


def facts(table: str) -> RunSQL:
    """A row of a fact is never deleted, and changed only to close the time during which it was known."""
    return RunSQL(
        f"CREATE TRIGGER {table}_closes BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW"
        " EXECUTE FUNCTION karama_only_close_known()",
        f"DROP TRIGGER {table}_closes ON {table}",
    )


def transitions(table: str, allowed: dict[str, frozenset[str]] | dict[str, set[str]], column: str = "state") -> RunSQL:
    """Refuse a change of ``column`` that the table of allowed transitions does not hold."""
    pairs = ",".join(f"{before}>{after}" for before in sorted(allowed) for after in sorted(allowed[before]))
    return RunSQL(
        f"CREATE TRIGGER {table}_transitions BEFORE UPDATE OF {column} ON {table} FOR EACH ROW"
        f" EXECUTE FUNCTION karama_refuse_transition('{column}', '{pairs}')",
        f"DROP TRIGGER {table}_transitions ON {table}",
    )


FUNCTIONS = RunSQL(
    """
    CREATE FUNCTION karama_setting(name text) RETURNS text STABLE LANGUAGE sql
        AS $$ SELECT coalesce(current_setting(name, true), '') $$;
    CREATE FUNCTION karama_acts() RETURNS boolean STABLE LANGUAGE sql
        AS $$ SELECT karama_setting('karama.actor') <> '' $$;
    CREATE FUNCTION karama_sees_nation() RETURNS boolean STABLE LANGUAGE sql
        AS $$ SELECT karama_setting('karama.scope') = 'nation' $$;
    CREATE FUNCTION karama_sees_something() RETURNS boolean STABLE LANGUAGE sql
        AS $$ SELECT karama_setting('karama.scope') IN ('territory', 'establishment', 'household') $$;
    CREATE FUNCTION karama_sees_health() RETURNS boolean STABLE LANGUAGE sql
        AS $$ SELECT karama_setting('karama.health') = 'yes' $$;
    CREATE FUNCTION karama_territories(digits integer) RETURNS text[] STABLE LANGUAGE sql
        AS $$ SELECT coalesce(array_agg(place), '{}')
            FROM unnest(string_to_array(current_setting('karama.territories', true), ',')) AS place
            WHERE length(place) = digits $$;
    CREATE FUNCTION karama_households() RETURNS bigint[] STABLE LANGUAGE sql
        AS $$ SELECT coalesce(string_to_array(
            nullif(current_setting('karama.households', true), ''), ','), '{}')::bigint[] $$;
    CREATE FUNCTION karama_establishment() RETURNS text STABLE LANGUAGE sql
        AS $$ SELECT nullif(current_setting('karama.establishment', true), '') $$;
    CREATE FUNCTION karama_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            may text[] := string_to_array(TG_ARGV[0], ',');
            name text;
        BEGIN
            IF TG_OP = 'DELETE' THEN
                RAISE EXCEPTION '%: a row is never deleted; record a correction instead', TG_TABLE_NAME
                    USING ERRCODE = 'restrict_violation';
            END IF;
            IF to_jsonb(OLD) - may <> to_jsonb(NEW) - may THEN
                RAISE EXCEPTION '%: a row is never changed; record a new one instead', TG_TABLE_NAME
                    USING ERRCODE = 'restrict_violation';
            END IF;
            FOREACH name IN ARRAY may LOOP
                IF to_jsonb(OLD) -> name <> 'null'::jsonb AND to_jsonb(OLD) -> name <> to_jsonb(NEW) -> name THEN
                    RAISE EXCEPTION '%: % is set once', TG_TABLE_NAME, name USING ERRCODE = 'restrict_violation';
                END IF;
            END LOOP;
            RETURN NEW;
        END $$;
    CREATE FUNCTION karama_only_close_known() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                RAISE EXCEPTION '%: a fact is never deleted; record what superseded it', TG_TABLE_NAME
                    USING ERRCODE = 'restrict_violation';
            END IF;
            IF NOT upper_inf(OLD.known) OR upper_inf(NEW.known) OR lower(OLD.known) <> lower(NEW.known)
                OR to_jsonb(OLD) - 'known' <> to_jsonb(NEW) - 'known' THEN
                RAISE EXCEPTION '%: a fact is never overwritten; only the time it was known may be closed, once',
                    TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$;
    CREATE FUNCTION karama_refuse_transition() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            before text := to_jsonb(OLD) ->> TG_ARGV[0];
            after text := to_jsonb(NEW) ->> TG_ARGV[0];
        BEGIN
            IF before <> after AND NOT (before || '>' || after) = ANY (string_to_array(TG_ARGV[1], ',')) THEN
                RAISE EXCEPTION '%: % cannot become %', TG_TABLE_NAME, before, after
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$;
    """,
    """
    DROP FUNCTION karama_refuse_transition();
    DROP FUNCTION karama_only_close_known();
    DROP FUNCTION karama_refuse_change();
    DROP FUNCTION karama_establishment();
    DROP FUNCTION karama_households();
    DROP FUNCTION karama_territories(integer);
    DROP FUNCTION karama_sees_health();
    DROP FUNCTION karama_sees_something();
    DROP FUNCTION karama_sees_nation();
    DROP FUNCTION karama_acts();
    DROP FUNCTION karama_setting(text);
    """,
)
"""What the policies and triggers above call; the first of all the record's own steps."""
