"""Evidence of an appeal against the decision of a health claim is seen with the right to health facts only."""

from django.db import migrations

from karama.record import guards

_OF_APPEAL = f"{guards.NATION} OR EXISTS (SELECT 1 FROM appeals_appeal seen WHERE seen.id = {{table}}.appeal_id)"
_CLAIM_IS_SEEN = """(SELECT karama_sees_health()) OR (
    SELECT d.claim_id IS NULL OR EXISTS (SELECT 1 FROM claims_claim c WHERE c.id = d.claim_id)
    FROM appeals_appeal a JOIN decisions_decision d ON d.id = a.decision_id WHERE a.id = appeals_evidence.appeal_id)"""
_BEFORE = guards.row_security("appeals_evidence", _OF_APPEAL)


class Migration(migrations.Migration):
    dependencies = [("appeals", "0003_fairness"), ("decisions", "0002_walls")]
    operations = [
        migrations.RunSQL(_BEFORE.reverse_sql, _BEFORE.sql),
        guards.row_security("appeals_evidence", _OF_APPEAL, and_sees=_CLAIM_IS_SEEN),
    ]
