"""Aids of before, from the lists of their schemes: facts of a person behind the same wall."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

import karama.registry.models.facts
from karama.record import guards
from karama.registry.states import Source


class Migration(migrations.Migration):
    dependencies = [("registry", "0005_declarations")]

    operations = [
        migrations.CreateModel(
            name="LegacyAid",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("validity", django.contrib.postgres.fields.ranges.DateRangeField()),
                ("known", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("source", models.CharField(choices=Source.choices, max_length=20)),
                ("proof", models.CharField(blank=True, max_length=200)),
                ("origin", models.BigIntegerField(null=True)),
                ("scheme", models.CharField(max_length=40)),
                ("amount_centimes", models.BigIntegerField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.person"
                    ),
                ),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(karama.registry.models.facts.UpperInfinite(models.F("known"))),
                        expressions=[("person_id", "="), ("scheme", "="), ("validity", "&&")],
                        name="legacy_aid_never_twice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_centimes__gte", 0)), name="legacy_aid_not_negative"
                    ),
                ],
            },
        ),
        guards.row_security("registry_legacyaid", guards.PERSON_THEN, adds=guards.PERSON),
        guards.facts("registry_legacyaid"),
    ]
