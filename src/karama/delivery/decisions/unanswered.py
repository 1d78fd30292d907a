"""Claims that the law cannot be asked about by themselves: a person completes the file first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from karama.delivery.claims.states import ClaimState
from karama.foundation.languages import Label
from karama.record import journal
from karama.record.scope import SYSTEM

if TYPE_CHECKING:
    import datetime as dt

_UNKNOWN = """
    DELETE FROM asked a WHERE NOT EXISTS (SELECT 1 FROM registry_residence r WHERE r.household_id = a.subject_id
        AND upper_inf(r.known) AND r.validity @> a.month)
    RETURNING a.claim_id"""
"""Claims of households that lived nowhere, as far as is known, on the first day of the month."""

UNKNOWN = Label(
    "Aucune résidence n'est connue pour ce ménage au premier jour du mois de la demande : faites-la corriger auprès du"
    " Registre social unifié, ou demandez à un agent de compléter le dossier.",
    "لا يعرف محل سكنى هذه الأسرة في أول يوم من شهر الطلب: صححوه لدى السجل الاجتماعي الموحد، أو اطلبوا من موظف استكمال"
    " الملف.",
    "No residence of this household is known on the first day of the month claimed: have it corrected at the register,"
    " or ask an agent to complete the file.",
)
"""What is asked of a claim that cannot be decided by itself, since the law reads where a household lives."""


def ask_corrections(at: dt.datetime) -> None:
    """Put to a person the claims of the table ``asked`` that the law cannot be asked about, out of it."""
    with connection.cursor() as cursor:
        cursor.execute(_UNKNOWN)
        unknown = [key for (key,) in cursor.fetchall()]
        if not unknown:
            return
        text = f"{UNKNOWN.fr}\n{UNKNOWN.ar}"
        cursor.execute(
            "UPDATE claims_claim SET state = %s, correction = %s WHERE id = ANY(%s)",
            [ClaimState.AWAITING_CORRECTION, text, unknown],
        )
    journal.write_many(
        "SELECT reference, household_id, jsonb_build_object('text', correction, 'state', state) FROM claims_claim"
        " WHERE id = ANY(%s)",
        [unknown],
        kind="claim.correction_asked",
        subject_type="claim",
        by=SYSTEM,
        at=at,
    )
