"""The trace of a decision stands in a table of its own: it tells of health, which not everybody who decides may read."""

import django.db.models.deletion
from django.db import migrations, models

from karama.record import guards

_DECISION = f"{guards.NATION} OR (SELECT true FROM decisions_decision seen WHERE seen.id = {{table}}.decision_id)"
_MOVED = migrations.RunSQL(
    """
    SELECT set_config('karama.scope', 'nation', true), set_config('karama.health', 'yes', true);
    INSERT INTO decisions_trace (decision_id, content) SELECT id, trace FROM decisions_decision;
    SET CONSTRAINTS ALL IMMEDIATE;
    """,
    """
    SELECT set_config('karama.scope', 'nation', true), set_config('karama.health', 'yes', true);
    ALTER TABLE decisions_decision DISABLE TRIGGER decisions_decision_immutable;
    UPDATE decisions_decision d SET trace = t.content FROM decisions_trace t WHERE t.decision_id = d.id;
    SET CONSTRAINTS ALL IMMEDIATE;
    ALTER TABLE decisions_decision ENABLE TRIGGER decisions_decision_immutable;
    """,
)


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0004_notices"),
    ]

    operations = [
        migrations.CreateModel(
            name="Trace",
            fields=[
                (
                    "decision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="kept_trace",
                        serialize=False,
                        to="decisions.decision",
                    ),
                ),
                ("content", models.JSONField()),
            ],
        ),
        guards.row_security("decisions_trace", _DECISION, and_sees="(SELECT karama_sees_health())"),
        guards.immutable("decisions_trace"),
        migrations.AlterField(model_name="decision", name="trace", field=models.JSONField(null=True)),
        _MOVED,
        migrations.RemoveField(model_name="decision", name="trace"),
        migrations.AlterField(
            model_name="trace",
            name="decision",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                primary_key=True,
                related_name="trace",
                serialize=False,
                to="decisions.decision",
            ),
        ),
    ]
