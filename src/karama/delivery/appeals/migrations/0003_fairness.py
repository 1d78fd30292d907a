"""Nobody judges what he took part in; what was received never changes; what is over stays as it is.

`appeals_part_taken` is the one list of what makes somebody unfit to hear an appeal.  It reads the tables and not the
journal, for the whole nation, whatever the officer himself may see.
"""

from django.db import migrations

from karama.delivery.appeals.states import ENDED_APPEALS, JUDGED

_ENDED = ",".join(sorted(ENDED_APPEALS))
_MAY_CHANGE = (
    "state,reminded_at,examined_by_id,examined_at,judge_id,evidence_asked,answer,judged_at,ended_at"
    ",executed_by_decision_id"
)
_JUDGED = ", ".join(f"'{state}'" for state in sorted(JUDGED))

_PART_TAKEN = migrations.RunSQL(
    """
    CREATE FUNCTION appeals_part_taken(appealed bigint, receiver bigint, who bigint) RETURNS text STABLE LANGUAGE sql
        SECURITY DEFINER SET karama.scope TO 'nation' SET karama.health TO 'yes' SET search_path TO public, pg_temp AS $$
        SELECT CASE
            WHEN who IS NULL THEN NULL
            WHEN d.decided_by_id = who THEN 'decided'
            WHEN c.opened_by_id = who THEN 'claimed'
            WHEN EXISTS (SELECT 1 FROM claims_proof p WHERE p.claim_id = d.claim_id AND p.added_by_id = who)
                THEN 'prepared'
            WHEN receiver = who THEN 'received'
            WHEN EXISTS (SELECT 1 FROM appeals_appeal a WHERE a.executed_by_decision_id = d.id AND a.judge_id = who)
                THEN 'ordered'
            WHEN EXISTS (
                SELECT 1 FROM record_account o JOIN registry_person p ON p.idcs = o.idcs
                JOIN registry_membership m ON m.person_id = p.id AND m.household_id = d.household_id
                WHERE o.id = who AND o.idcs <> '' AND upper_inf(m.known)) THEN 'own_file'
            WHEN EXISTS (
                SELECT 1 FROM record_account o JOIN registry_establishment e ON e.code = o.establishment
                WHERE o.id = who AND o.establishment <> '' AND e.id = d.establishment_id) THEN 'own_file'
            END
        FROM decisions_decision d LEFT JOIN claims_claim c ON c.id = d.claim_id WHERE d.id = appealed $$;
    """,
    "DROP FUNCTION appeals_part_taken(bigint, bigint, bigint)",
)

_FAIR = migrations.RunSQL(
    f"""
    CREATE FUNCTION appeals_refuse_part_taken(a appeals_appeal, who bigint) RETURNS void LANGUAGE plpgsql AS $$
        DECLARE part text := appeals_part_taken(a.decision_id, a.received_by_id, who);
        BEGIN
            IF part IS NOT NULL THEN
                RAISE EXCEPTION 'appeal %: account % took part in what is judged (%)', a.reference, who, part
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'appeal_heard_by_a_stranger';
            END IF;
        END $$;
    CREATE FUNCTION appeals_refuse_unless(a appeals_appeal, who bigint) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
            IF who IS NULL OR who::text <> karama_setting('karama.actor') THEN
                RAISE EXCEPTION 'appeal %: becomes % by account % alone, who does not act here', a.reference, a.state, who
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'appeal_judged_in_person';
            END IF;
        END $$;
    CREATE FUNCTION appeals_hear_fairly() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' THEN
                IF NEW.state <> 'received' OR NEW.judge_id IS NOT NULL OR NEW.examined_by_id IS NOT NULL THEN
                    RAISE EXCEPTION 'appeal %: begins as received, without a judge', NEW.reference
                        USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
            END IF;
            IF NEW.state <> OLD.state OR NEW.judge_id IS DISTINCT FROM OLD.judge_id
                OR NEW.examined_by_id IS DISTINCT FROM OLD.examined_by_id THEN
                IF NEW.state NOT IN ('executed', 'withdrawn') THEN
                    PERFORM appeals_refuse_part_taken(NEW, NEW.judge_id);
                    PERFORM appeals_refuse_part_taken(NEW, NEW.examined_by_id);
                END IF;
            END IF;
            IF NEW.state <> OLD.state AND NEW.state IN ('admissible', 'inadmissible')
                OR NEW.examined_by_id IS DISTINCT FROM OLD.examined_by_id THEN
                PERFORM appeals_refuse_unless(NEW, NEW.examined_by_id);
            END IF;
            IF NEW.state <> OLD.state AND NEW.state IN ({_JUDGED}) THEN
                PERFORM appeals_refuse_unless(NEW, NEW.judge_id);
            END IF;
            IF NEW.state <> OLD.state AND NEW.state = 'executed' AND NOT EXISTS (
                SELECT 1 FROM decisions_decision d JOIN decisions_decision b ON b.id = NEW.decision_id
                WHERE d.id = NEW.executed_by_decision_id AND d.kind = 'appeal' AND d.programme = b.programme
                    AND d.household_id IS NOT DISTINCT FROM b.household_id
                    AND d.person_id IS NOT DISTINCT FROM b.person_id AND d.decided_at >= NEW.judged_at) THEN
                RAISE EXCEPTION 'appeal %: is executed by a decision on appeal about the same file', NEW.reference
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'appeal_executed_about_the_same';
            END IF;
            RETURN NEW;
        END $$;
    CREATE TRIGGER appeals_appeal_unfair BEFORE INSERT OR UPDATE ON appeals_appeal
        FOR EACH ROW EXECUTE FUNCTION appeals_hear_fairly();
    """,
    """
    DROP TRIGGER appeals_appeal_unfair ON appeals_appeal;
    DROP FUNCTION appeals_hear_fairly();
    DROP FUNCTION appeals_refuse_unless(appeals_appeal, bigint);
    DROP FUNCTION appeals_refuse_part_taken(appeals_appeal, bigint);
    """,
)

_KEPT = migrations.RunSQL(
    f"""
    CREATE FUNCTION appeals_keep() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            may text[] := string_to_array(TG_ARGV[0], ',');
            ended text[] := string_to_array(TG_ARGV[1], ',');
        BEGIN
            IF TG_OP = 'DELETE' THEN
                RAISE EXCEPTION '%: a row is never deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
            END IF;
            IF OLD.state = ANY (ended) AND OLD IS DISTINCT FROM NEW THEN
                RAISE EXCEPTION '%: % is over', TG_TABLE_NAME, OLD.reference USING ERRCODE = 'restrict_violation';
            END IF;
            IF to_jsonb(OLD) - may <> to_jsonb(NEW) - may THEN
                RAISE EXCEPTION '%: what was received never changes', TG_TABLE_NAME
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$;
    CREATE TRIGGER appeals_appeal_kept BEFORE UPDATE OR DELETE ON appeals_appeal FOR EACH ROW
        EXECUTE FUNCTION appeals_keep('{_MAY_CHANGE}', '{_ENDED}');
    CREATE TRIGGER appeals_complaint_kept BEFORE UPDATE OR DELETE ON appeals_complaint FOR EACH ROW
        EXECUTE FUNCTION appeals_keep('state,assigned_to_id,escalated_at,answer,answered_at,closed_at', 'closed');
    CREATE FUNCTION appeals_judgment_stands() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.judged_at IS NOT NULL
                AND (OLD.judged_at, OLD.judge_id, OLD.answer) IS DISTINCT FROM (NEW.judged_at, NEW.judge_id, NEW.answer) THEN
                RAISE EXCEPTION 'appeal %: a judgment stands as it was given', OLD.reference
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$;
    CREATE TRIGGER appeals_appeal_stands BEFORE UPDATE ON appeals_appeal FOR EACH ROW
        EXECUTE FUNCTION appeals_judgment_stands();
    CREATE FUNCTION appeals_complaint_begins() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.state <> 'received' THEN
                RAISE EXCEPTION 'complaint %: begins as received', NEW.reference USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$;
    CREATE TRIGGER appeals_complaint_begins BEFORE INSERT ON appeals_complaint FOR EACH ROW
        EXECUTE FUNCTION appeals_complaint_begins();
    """,
    """
    DROP TRIGGER appeals_complaint_begins ON appeals_complaint;
    DROP FUNCTION appeals_complaint_begins();
    DROP TRIGGER appeals_appeal_stands ON appeals_appeal;
    DROP FUNCTION appeals_judgment_stands();
    DROP TRIGGER appeals_complaint_kept ON appeals_complaint;
    DROP TRIGGER appeals_appeal_kept ON appeals_appeal;
    DROP FUNCTION appeals_keep();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("appeals", "0002_walls"), ("claims", "0002_walls"), ("decisions", "0002_walls")]
    operations = [_PART_TAKEN, _FAIR, _KEPT]
