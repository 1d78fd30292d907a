"""A proof is seen by whoever sees its claim: a medical certificate only with the right to health facts, by anybody."""

from django.db import migrations

from karama.record import guards

_CLAIM_IS_SEEN = "EXISTS (SELECT 1 FROM claims_claim seen WHERE seen.id = {table}.claim_id)"
_BEFORE = guards.row_security("claims_proof", f"{guards.NATION} OR {_CLAIM_IS_SEEN}")


class Migration(migrations.Migration):
    dependencies = [("claims", "0002_walls")]
    operations = [
        migrations.RunSQL(_BEFORE.reverse_sql, _BEFORE.sql),
        guards.row_security("claims_proof", _CLAIM_IS_SEEN),
    ]
