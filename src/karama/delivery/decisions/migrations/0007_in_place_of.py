"""A decision says which one stood in its month until then; those of the past took the place of the one before."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_TOLD = migrations.RunSQL(
    """
    SELECT set_config('karama.scope', 'nation', true);
    ALTER TABLE decisions_decision DISABLE TRIGGER decisions_decision_immutable;
    UPDATE decisions_decision SET in_place_of_id = previous_id WHERE previous_id IS NOT NULL;
    SET CONSTRAINTS ALL IMMEDIATE;
    ALTER TABLE decisions_decision ENABLE TRIGGER decisions_decision_immutable;
    """,
    migrations.RunSQL.noop,
)


class Migration(migrations.Migration):
    dependencies = [
        ("claims", "0002_walls"),
        ("decisions", "0006_announced_decreases"),
        ("registry", "0007_contact"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="in_place_of",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="decisions.decision"
            ),
        ),
        _TOLD,
        migrations.AlterField(
            model_name="decision",
            name="change",
            field=models.CharField(
                choices=[
                    ("grant", "ouverture"),
                    ("refusal", "refus"),
                    ("entry", "entrée"),
                    ("exit", "sortie"),
                    ("increase", "augmentation"),
                    ("decrease", "diminution"),
                    ("once", "prime"),
                    ("same", "sans changement"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                condition=models.Q(("household", None)), fields=["person", "programme", "-id"], name="decision_of_child"
            ),
        ),
    ]
