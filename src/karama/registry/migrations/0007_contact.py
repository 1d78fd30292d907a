"""How a household is reached, walled like its other facts."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

import karama.registry.models.facts
from karama.record import guards


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0006_legacy_aid"),
    ]

    operations = [
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("validity", django.contrib.postgres.fields.ranges.DateRangeField()),
                ("known", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("RNP", "Registre national de la population"),
                            ("RSU", "Registre social unifié"),
                            ("Massar", "Ministère de l'éducation nationale (Massar)"),
                            ("CNSS", "Caisse nationale de sécurité sociale"),
                            ("CMR", "Caisse marocaine des retraites"),
                            ("TGR", "Trésorerie générale du Royaume"),
                            ("CDG", "Caisse de dépôt et de gestion"),
                            ("Entraide nationale", "Entraide nationale"),
                            ("ASD", "Espace de l'aide sociale directe"),
                            ("ANSS", "Agence nationale du soutien social"),
                            ("synthetic", "Registre synthétique"),
                        ],
                        max_length=20,
                    ),
                ),
                ("proof", models.CharField(blank=True, max_length=200)),
                ("origin", models.BigIntegerField(null=True)),
                ("phone", models.CharField(max_length=20)),
                ("language", models.CharField(default="ar", max_length=2)),
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
                        expressions=[("household_id", "="), ("validity", "&&")],
                        name="contact_never_twice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ["fr", "ar"]), ("language", None), _connector="OR"),
                        name="contact_language_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("phone__regex", "^\\+[1-9][0-9]{6,14}$")),
                        name="contact_phone_has_its_country",
                    ),
                ],
            },
        ),
        guards.row_security("registry_contact", guards.HOUSEHOLD),
        guards.facts("registry_contact"),
    ]
