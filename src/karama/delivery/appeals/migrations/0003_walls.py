"""Who sees an appeal or a complaint, what each may become."""

from django.db import migrations

from karama.delivery.appeals.states import APPEAL_TRANSITIONS, COMPLAINT_TRANSITIONS
from karama.record import guards


class Migration(migrations.Migration):
    dependencies = [("appeals", "0002_people"), ("registry", "0002_walls")]
    operations = [
        guards.row_security("appeals_appeal", guards.FILE),
        guards.row_security("appeals_complaint", guards.PLACE),
        guards.transitions("appeals_appeal", APPEAL_TRANSITIONS),
        guards.transitions("appeals_complaint", COMPLAINT_TRANSITIONS),
    ]
