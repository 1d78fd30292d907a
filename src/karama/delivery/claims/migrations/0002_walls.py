"""Who sees a claim and its proofs; what a claim may become; a proof never changes."""

from django.db import migrations

from karama.delivery.claims.states import TRANSITIONS
from karama.record import guards

_OF_CLAIM = f"{guards.NATION} OR EXISTS (SELECT 1 FROM claims_claim seen WHERE seen.id = {{table}}.claim_id)"


class Migration(migrations.Migration):
    dependencies = [("claims", "0001_initial"), ("registry", "0002_walls")]
    operations = [
        guards.row_security("claims_claim", guards.FILE, and_sees="NOT health OR (SELECT karama_sees_health())"),
        guards.row_security("claims_proof", _OF_CLAIM),
        guards.transitions("claims_claim", TRANSITIONS),
        guards.immutable("claims_proof"),
    ]
