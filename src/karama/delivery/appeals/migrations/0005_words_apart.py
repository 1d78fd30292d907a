"""What is said in an appeal stands apart from it; words and evidence that tell of health are seen with that right only.

Words and documents never change: that they tell of health is said of them once, and never taken back.  Events that the
journal held before this step keep the words they quote.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from karama.record import guards

_OF_APPEAL = f"{guards.NATION} OR EXISTS (SELECT 1 FROM appeals_appeal seen WHERE seen.id = {{table}}.appeal_id)"


def _claim_is_seen(table: str) -> str:
    return f"""(SELECT karama_sees_health()) OR (
    SELECT d.claim_id IS NULL OR EXISTS (SELECT 1 FROM claims_claim c WHERE c.id = d.claim_id)
    FROM appeals_appeal a JOIN decisions_decision d ON d.id = a.decision_id WHERE a.id = {table}.appeal_id)"""


def _is_open(table: str) -> str:
    return f"((SELECT karama_sees_health()) OR {table}.walled_at IS NULL) AND ({_claim_is_seen(table)})"


_EVIDENCE_BEFORE = guards.row_security("appeals_evidence", _OF_APPEAL, and_sees=_claim_is_seen("appeals_evidence"))
_IMMUTABLE_BEFORE = guards.immutable("appeals_evidence")

_WHOLE = "SELECT set_config('karama.scope', 'nation', true), set_config('karama.health', 'yes', true);"
_MOVED = migrations.RunSQL(
    f"""
    {_WHOLE}
    INSERT INTO appeals_statement (appeal_id, kind, text, said_at, said_by_id)
        SELECT id, 'grounds', grounds, received_at, received_by_id FROM appeals_appeal WHERE grounds <> ''
        UNION ALL SELECT id, 'evidence_asked', evidence_asked, coalesce(examined_at, received_at), judge_id
            FROM appeals_appeal WHERE evidence_asked <> ''
        UNION ALL SELECT id, 'reasons', answer, coalesce(judged_at, ended_at, examined_at, received_at),
            coalesce(judge_id, examined_by_id) FROM appeals_appeal WHERE answer <> '';
    SET CONSTRAINTS ALL IMMEDIATE;
    """,
    f"""
    {_WHOLE}
    ALTER TABLE appeals_appeal DISABLE TRIGGER USER;
    UPDATE appeals_appeal a SET
        grounds = coalesce((SELECT text FROM appeals_statement s WHERE s.appeal_id = a.id AND kind = 'grounds'), ''),
        evidence_asked = coalesce((SELECT text FROM appeals_statement s WHERE s.appeal_id = a.id
            AND kind = 'evidence_asked' ORDER BY s.id DESC LIMIT 1), ''),
        answer = coalesce((SELECT text FROM appeals_statement s WHERE s.appeal_id = a.id AND kind = 'reasons'), '');
    SET CONSTRAINTS ALL IMMEDIATE;
    ALTER TABLE appeals_appeal ENABLE TRIGGER USER;
    """,
)

_STANDS = """
    CREATE OR REPLACE FUNCTION appeals_judgment_stands() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.judged_at IS NOT NULL
                AND (OLD.judged_at, OLD.judge_id{more}) IS DISTINCT FROM (NEW.judged_at, NEW.judge_id{new}) THEN
                RAISE EXCEPTION 'appeal %: a judgment stands as it was given', OLD.reference
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$;"""
_IN_WORDS = migrations.RunSQL(
    """
    CREATE FUNCTION appeals_say_in_words() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE needed text := CASE
            WHEN NEW.state = OLD.state THEN NULL
            WHEN NEW.state = 'evidence_asked' THEN 'evidence_asked'
            WHEN NEW.state IN ('upheld', 'partly_upheld', 'rejected', 'inadmissible') THEN 'reasons' END;
        BEGIN
            IF needed IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM appeals_statement s WHERE s.appeal_id = NEW.id AND s.kind = needed) THEN
                RAISE EXCEPTION 'appeal %: becomes % without a word of it (%)', NEW.reference, NEW.state, needed
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'appeal_said_in_words';
            END IF;
            RETURN NEW;
        END $$;
    CREATE TRIGGER appeals_appeal_worded BEFORE UPDATE ON appeals_appeal FOR EACH ROW
        EXECUTE FUNCTION appeals_say_in_words();
    """
    + _STANDS.format(more="", new=""),
    _STANDS.format(more=", OLD.answer", new=", NEW.answer")
    + """
    DROP TRIGGER appeals_appeal_worded ON appeals_appeal;
    DROP FUNCTION appeals_say_in_words();
    """,
)


class Migration(migrations.Migration):
    dependencies = [
        ("appeals", "0004_evidence_of_health"),
        ("claims", "0003_proofs_of_health"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Statement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("grounds", "motifs"),
                            ("evidence_asked", "pièces demandées"),
                            ("reasons", "motivation"),
                        ],
                        max_length=16,
                    ),
                ),
                ("text", models.TextField()),
                ("said_at", models.DateTimeField()),
                ("walled_at", models.DateTimeField(null=True)),
                (
                    "appeal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="statements", to="appeals.appeal"
                    ),
                ),
                (
                    "said_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["appeal", "id"], name="statement_of_appeal")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["grounds", "evidence_asked", "reasons"])),
                        name="statement_kind_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="statement_in_words"),
                    models.UniqueConstraint(
                        condition=models.Q(("kind__in", ("grounds", "reasons"))),
                        fields=("appeal", "kind"),
                        name="statement_said_once",
                    ),
                ],
            },
        ),
        guards.row_security("appeals_statement", _OF_APPEAL, and_sees=_is_open("appeals_statement")),
        guards.immutable("appeals_statement", but=("walled_at",)),
        migrations.RemoveConstraint(model_name="appeal", name="appeal_evidence_asked_in_words"),
        migrations.RemoveConstraint(model_name="appeal", name="appeal_judged_has_reasons"),
        migrations.AlterField(model_name="appeal", name="grounds", field=models.TextField(default="")),
        _MOVED,
        migrations.RemoveField(model_name="appeal", name="grounds"),
        migrations.RemoveField(model_name="appeal", name="evidence_asked"),
        migrations.RemoveField(model_name="appeal", name="answer"),
        _IN_WORDS,
        migrations.AddField(model_name="evidence", name="walled_at", field=models.DateTimeField(null=True)),
        migrations.RunSQL(_EVIDENCE_BEFORE.reverse_sql, _EVIDENCE_BEFORE.sql),
        migrations.RunSQL(_IMMUTABLE_BEFORE.reverse_sql, _IMMUTABLE_BEFORE.sql),
        guards.row_security("appeals_evidence", _OF_APPEAL, and_sees=_is_open("appeals_evidence")),
        guards.immutable("appeals_evidence", but=("walled_at",)),
    ]
