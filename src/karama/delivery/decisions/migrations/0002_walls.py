"""Who sees a decision; a decision never changes."""

from django.db import migrations

from karama.record import guards


class Migration(migrations.Migration):
    dependencies = [("decisions", "0001_initial"), ("registry", "0002_walls")]
    operations = [
        guards.row_security("decisions_decision", guards.FILE),
        guards.immutable("decisions_decision"),
    ]
