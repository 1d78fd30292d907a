"""What a household declares in its claim: a fact like the others, behind the same wall."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

import karama.registry.models.facts
from karama.record import guards
from karama.registry.states import Source


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_names_in_order")]

    operations = [
        migrations.CreateModel(
            name="Declaration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("validity", django.contrib.postgres.fields.ranges.DateRangeField()),
                ("known", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("source", models.CharField(choices=Source.choices, max_length=20)),
                ("proof", models.CharField(blank=True, max_length=200)),
                ("origin", models.BigIntegerField(null=True)),
                ("programme", models.CharField(max_length=40)),
                ("declared", models.JSONField()),
                (
                    "household",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.household"
                    ),
                ),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(karama.registry.models.facts.UpperInfinite(models.F("known"))),
                        expressions=[("household_id", "="), ("programme", "="), ("validity", "&&")],
                        name="declaration_never_twice",
                    )
                ],
            },
        ),
        guards.row_security("registry_declaration", guards.HOUSEHOLD),
        guards.facts("registry_declaration"),
    ]
