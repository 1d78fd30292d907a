"""The walls of the record: who sees a row, an event's hash, roles that exclude each other."""

from typing import ClassVar

from django.db import migrations

from karama.record import guards
from karama.record.states import INCOMPATIBLE_ROLES

_PAIRS = ", ".join(f"('{one}', '{other}')" for one, other in INCOMPATIBLE_ROLES)

_NOW = migrations.RunSQL(
    """
    CREATE FUNCTION karama_now() RETURNS timestamptz VOLATILE LANGUAGE sql
        SECURITY DEFINER SET karama.scope TO 'nation' SET search_path TO public, pg_temp AS $$
        SELECT greatest(clock_timestamp(), (SELECT max(at) FROM record_event) + interval '1 microsecond') $$;
    """,
    "DROP FUNCTION karama_now()",
)

_EVENTS = migrations.RunSQL(
    """
    CREATE FUNCTION karama_event_text(e record_event) RETURNS text STABLE LANGUAGE sql AS $$
        SELECT concat_ws(E'\\x1f', e.id, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.actor,
            coalesce(e.account_id::text, ''), e.kind, e.subject_type, e.subject_id,
            coalesce(e.household_id::text, ''), e.data::text) $$;
    CREATE FUNCTION karama_event_arrives() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.hash := sha256(convert_to(karama_event_text(NEW), 'UTF8'));
            INSERT INTO record_unsealed (event_id) VALUES (NEW.id);
            RETURN NEW;
        END $$;
    CREATE TRIGGER record_event_arrives BEFORE INSERT ON record_event
        FOR EACH ROW EXECUTE FUNCTION karama_event_arrives();
    """,
    """
    DROP TRIGGER record_event_arrives ON record_event;
    DROP FUNCTION karama_event_arrives();
    DROP FUNCTION karama_event_text(record_event);
    """,
)

_ROLES = migrations.RunSQL(
    f"""
    CREATE FUNCTION karama_refuse_incompatible_roles() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE held text;
        BEGIN
            IF NEW.revoked_at IS NOT NULL THEN RETURN NEW; END IF;
            PERFORM 1 FROM record_account WHERE id = NEW.account_id FOR UPDATE;
            SELECT g.role INTO held FROM record_rolegrant g
                JOIN (VALUES {_PAIRS}) AS pair(one, other)
                    ON (g.role = one AND NEW.role = other) OR (g.role = other AND NEW.role = one)
                WHERE g.account_id = NEW.account_id AND g.revoked_at IS NULL AND g.id <> NEW.id LIMIT 1;
            IF held IS NOT NULL THEN
                RAISE EXCEPTION 'role % cannot be held together with %: revoke that one first', NEW.role, held
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'incompatible_roles';
            END IF;
            RETURN NEW;
        END $$;
    CREATE TRIGGER record_rolegrant_incompatible BEFORE INSERT OR UPDATE ON record_rolegrant
        FOR EACH ROW EXECUTE FUNCTION karama_refuse_incompatible_roles();
    """,
    """
    DROP TRIGGER record_rolegrant_incompatible ON record_rolegrant;
    DROP FUNCTION karama_refuse_incompatible_roles();
    """,
)


class Migration(migrations.Migration):
    """Functions first: the tables of every other app are walled by them."""

    dependencies: ClassVar = [("record", "0001_initial")]
    operations: ClassVar = [
        guards.FUNCTIONS,
        _NOW,
        _EVENTS,
        _ROLES,
        guards.immutable("record_event"),
        guards.immutable("record_seal"),
        guards.immutable("record_rolegrant", but=("revoked_at", "revoked_by")),
    ]
