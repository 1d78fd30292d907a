"""Outgoing messages and their walls: a message never changes, a delivery follows its table, an attempt is appended."""

import django.db.models.deletion
from django.db import migrations, models

from karama.record import guards
from karama.record.messages.states import TRANSITIONS

_SEEN = "(SELECT karama_sees_nation()) OR (SELECT karama_sees_something()) AND karama_sees_file(household_id)"
_MESSAGE = (
    "(SELECT karama_sees_nation()) OR EXISTS (SELECT 1 FROM outgoing_message seen WHERE seen.id = {table}.message_id)"
)

# Written in plpgsql so that the table of households, which another app makes later, is looked for when it is asked.
_FILES = migrations.RunSQL(
    """
    CREATE FUNCTION karama_sees_file(household bigint) RETURNS boolean STABLE LANGUAGE plpgsql AS $$
        BEGIN RETURN EXISTS (SELECT 1 FROM registry_household h WHERE h.id = household); END $$;
    """,
    "DROP FUNCTION karama_sees_file(bigint)",
)

_TEXTS = migrations.RunSQL(
    """
    CREATE FUNCTION karama_refuse_other_text() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' OR NEW.message_id <> OLD.message_id OR NEW.text <> OLD.text
                OR (NEW.text IS NOT NULL AND OLD.text IS NULL) THEN
                RAISE EXCEPTION 'outgoing_delivery: a text is never changed, only forgotten'
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$;
    CREATE TRIGGER outgoing_delivery_text BEFORE UPDATE OR DELETE ON outgoing_delivery
        FOR EACH ROW EXECUTE FUNCTION karama_refuse_other_text();
    """,
    """
    DROP TRIGGER outgoing_delivery_text ON outgoing_delivery;
    DROP FUNCTION karama_refuse_other_text();
    """,
)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("record", "0002_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.SmallIntegerField()),
                ("at", models.DateTimeField()),
                ("sender", models.CharField(max_length=40)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("sent", "accepted"),
                            ("later", "certainly not sent, tried again"),
                            ("refused", "certainly not sent, and never will be"),
                            ("unsure", "perhaps sent"),
                        ],
                        max_length=8,
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=200)),
                ("remote_id", models.CharField(blank=True, max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=120, unique=True)),
                ("purpose", models.CharField(max_length=20)),
                ("household_id", models.BigIntegerField(db_index=True, null=True)),
                ("address", models.CharField(max_length=20)),
                ("language", models.CharField(max_length=2)),
                ("segments", models.SmallIntegerField()),
                ("text_hash", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=150)),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="delivery",
                        serialize=False,
                        to="outgoing.message",
                    ),
                ),
                ("text", models.TextField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "waits to be sent"),
                            ("sending", "taken by a worker"),
                            ("sent", "accepted by the operator"),
                            ("failed", "refused, or tried too often: a person looks at it"),
                            ("unknown", "perhaps sent: a person decides, it is never sent again by itself"),
                            ("dropped", "a person decided that it is not sent"),
                        ],
                        default="queued",
                        max_length=12,
                    ),
                ),
                ("attempts", models.SmallIntegerField(default=0)),
                ("next_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(null=True)),
                ("worker", models.CharField(blank=True, max_length=80)),
            ],
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("address__regex", "^\\+[1-9][0-9]{6,14}$")), name="message_address_is_e164"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("text_hash__regex", "^[0-9a-f]{64}$")), name="message_text_has_a_hash"
            ),
        ),
        migrations.AddField(
            model_name="attempt",
            name="message",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="tries", to="outgoing.message"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "queued")), fields=["next_at", "message"], name="delivery_queue"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state__in", ("sending", "failed", "unknown"))),
                fields=["state", "next_at"],
                name="delivery_to_look_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["queued", "sending", "sent", "failed", "unknown", "dropped"])),
                name="delivery_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "sending"), _negated=True), ("taken_at__isnull", False), _connector="OR"
                ),
                name="delivery_taken_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("queued", "sending")), _negated=True),
                    ("text__isnull", False),
                    _connector="OR",
                ),
                name="delivery_waiting_has_a_text",
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.UniqueConstraint(fields=("message", "number"), name="attempt_numbered_once"),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["sent", "later", "refused", "unsure"])),
                name="attempt_outcome_known",
            ),
        ),
        _FILES,
        _TEXTS,
        guards.row_security("outgoing_message", _SEEN),
        guards.row_security("outgoing_delivery", _MESSAGE),
        guards.row_security("outgoing_attempt", _MESSAGE),
        guards.immutable("outgoing_message"),
        guards.immutable("outgoing_attempt"),
        guards.transitions("outgoing_delivery", TRANSITIONS),
    ]
