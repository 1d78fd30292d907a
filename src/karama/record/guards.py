"""Walls of the database as reversible migration steps: who sees a row, which rows never change, which roles exclude.

A migration of any app says ``row_security("claims_claim", HOUSEHOLD)``; what the sentence means stands here once.
"""

from __future__ import annotations

from django.db.migrations import RunSQL

NATION = "(SELECT karama_sees_nation())"
"""True where the transaction works for the whole country; asked once per statement."""

OWN_COMMUNE = f"{NATION} OR (SELECT karama_sees_something()) AND karama_sees_place(commune, id)"
"""For the table of households itself."""

HOUSEHOLD = (
    f"{NATION} OR (SELECT karama_sees_something())"
    " AND EXISTS (SELECT 1 FROM registry_household seen WHERE seen.id = {table}.household_id)"
)
"""For what belongs to a household: seen by whoever sees the household."""

PERSON = (
    f"{NATION} OR (SELECT karama_sees_something())"
    " AND (EXISTS (SELECT 1 FROM registry_membership seen WHERE seen.person_id = {table}.{key})"
    " OR EXISTS (SELECT 1 FROM registry_placement seen WHERE seen.person_id = {table}.{key}))"
)
"""For what belongs to a person: seen by whoever sees a household or an establishment the person is or was in."""

ESTABLISHMENT = (
    f"{NATION} OR (SELECT karama_sees_something()) AND karama_sees_establishment({{table}}.establishment_id)"
)
"""For what an establishment claims: seen by its director and by the staff of its territory."""


FILE = (
    f"{NATION} OR (SELECT karama_sees_something()) AND CASE WHEN {{table}}.household_id IS NULL"
    " THEN karama_sees_establishment({table}.establishment_id)"
    " ELSE EXISTS (SELECT 1 FROM registry_household seen WHERE seen.id = {table}.household_id) END"
)
"""For what belongs to a household or to a child in an establishment: claims, decisions, appeals."""


def row_security(
    table: str, sees: str, *, key: str = "person_id", adds: str = "karama_acts()", and_sees: str = "true"
) -> RunSQL:
    """Show a row to whom ``sees`` holds, let rows be added where ``adds`` holds, and force both on the owner too."""
    seen = f"({sees.format(table=table, key=key)}) AND ({and_sees})"
    return RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY {table}_seen ON {table} FOR SELECT USING ({seen});
        CREATE POLICY {table}_changed ON {table} FOR UPDATE USING ({seen});
        CREATE POLICY {table}_removed ON {table} FOR DELETE USING ({seen});
        CREATE POLICY {table}_added ON {table} FOR INSERT WITH CHECK ({adds});
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
    CREATE FUNCTION karama_sees_place(commune text, household bigint) RETURNS boolean STABLE LANGUAGE sql AS $$
        SELECT CASE karama_setting('karama.scope')
            WHEN 'nation' THEN true
            WHEN 'territory' THEN EXISTS (
                SELECT 1 FROM unnest(string_to_array(karama_setting('karama.territories'), ',')) AS place
                WHERE place <> '' AND starts_with(commune, place))
            WHEN 'household' THEN household = ANY (
                string_to_array(nullif(karama_setting('karama.households'), ''), ',')::bigint[])
            ELSE false END $$;
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
    DROP FUNCTION karama_sees_place(text, bigint);
    DROP FUNCTION karama_sees_health();
    DROP FUNCTION karama_sees_something();
    DROP FUNCTION karama_sees_nation();
    DROP FUNCTION karama_acts();
    DROP FUNCTION karama_setting(text);
    """,
)
"""What the policies and triggers above call; the first of all the record's own steps."""
