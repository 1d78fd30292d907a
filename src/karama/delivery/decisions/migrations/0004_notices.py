"""Notices and letters: written once; a letter may hold facts of health and is walled so."""

import django.db.models.deletion
from django.db import migrations, models

from karama.record import guards

_NOTICE = "EXISTS (SELECT 1 FROM decisions_notice seen WHERE seen.id = {table}.notice_id)"


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0003_reassessment"),
        ("registry", "0007_contact"),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=16, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("granted", "granted"),
                            ("refused", "refused"),
                            ("increased", "increased"),
                            ("decreased", "decreased"),
                            ("unchanged", "unchanged"),
                            ("ended", "ended"),
                            ("grant", "grant"),
                            ("grant_refused", "grant_refused"),
                            ("ending", "ending"),
                        ],
                        max_length=16,
                    ),
                ),
                ("programme", models.CharField(max_length=40)),
                ("month", models.DateField()),
                ("text_fr", models.TextField()),
                ("text_ar", models.TextField()),
                ("synthetic", models.BooleanField()),
                ("message_key", models.CharField(blank=True, max_length=120)),
                ("notified_at", models.DateTimeField()),
                ("appeal_until", models.DateField(null=True)),
                (
                    "decision",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notice",
                        to="decisions.decision",
                    ),
                ),
                (
                    "establishment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.establishment",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.household",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.person"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                (
                    "notice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="letter",
                        serialize=False,
                        to="decisions.notice",
                    ),
                ),
                ("content", models.JSONField()),
                ("content_hash", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["household", "-id"], name="notice_of_household"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "granted",
                            "refused",
                            "increased",
                            "decreased",
                            "unchanged",
                            "ended",
                            "grant",
                            "grant_refused",
                            "ending",
                        ],
                    )
                ),
                name="notice_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("appeal_until__isnull", False),
                        ("decision__isnull", False),
                        models.Q(("kind", "ending"), _negated=True),
                    ),
                    models.Q(("appeal_until", None), ("decision", None), ("kind", "ending")),
                    _connector="OR",
                ),
                name="notice_of_decision_or_announcement",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("establishment", None), ("household__isnull", False)),
                    models.Q(("establishment__isnull", False), ("household", None), ("person__isnull", False)),
                    _connector="OR",
                ),
                name="notice_of_household_or_child",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("decision", None)),
                fields=("household", "programme", "month"),
                name="notice_announced_once",
            ),
        ),
        guards.row_security("decisions_notice", guards.FILE),
        guards.row_security("decisions_letter", _NOTICE, and_sees="(SELECT karama_sees_health())"),
        guards.immutable("decisions_notice"),
        guards.immutable("decisions_letter"),
    ]
