"""Who sees an appeal, its evidence or a complaint; what each may become; evidence never changes."""

from django.db import migrations

from karama.delivery.appeals.states import APPEAL_TRANSITIONS, COMPLAINT_TRANSITIONS
from karama.record import guards

_OF_APPEAL = f"{guards.NATION} OR EXISTS (SELECT 1 FROM appeals_appeal seen WHERE seen.id = {{table}}.appeal_id)"


class Migration(migrations.Migration):
    dependencies = [("appeals", "0001_initial"), ("registry", "0002_walls")]
    operations = [
        guards.row_security("appeals_appeal", guards.FILE),
        guards.row_security("appeals_evidence", _OF_APPEAL),
        guards.row_security("appeals_complaint", guards.PLACE),
        guards.transitions("appeals_appeal", APPEAL_TRANSITIONS),
        guards.transitions("appeals_complaint", COMPLAINT_TRANSITIONS),
        guards.immutable("appeals_evidence"),
    ]
