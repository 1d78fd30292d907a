"""Who may do what with an appeal and with a complaint; each right is a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from karama.delivery.appeals.walling import tells_of_health, withheld_from
from karama.delivery.decisions.models import Decision
from karama.foundation.errors import NotAllowedError
from karama.foundation.languages import Label
from karama.record.models import Account, Event, RoleGrant
from karama.record.permissions import holds_over, is_the_service
from karama.record.scope import SYSTEM, acting_as, actor_of
from karama.record.states import Role

if TYPE_CHECKING:
    from karama.delivery.appeals.models import Appeal, Complaint
    from karama.record.scope import Actor

PARTS: dict[str, Label] = {
    "decided": Label("il a pris la décision", "هو من اتخذ القرار", "he took the decision"),
    "claimed": Label("il a déposé la demande", "هو من أودع الطلب", "he filed the claim"),
    "prepared": Label("il a instruit la demande", "هو من هيأ الطلب", "he prepared the claim"),
    "received": Label("il a reçu le recours", "هو من تلقى التظلم", "he received the appeal"),
    "ordered": Label("il a ordonné la décision", "هو من أمر بالقرار", "he ordered the decision"),
    "own_file": Label("c'est son propre dossier", "الملف ملفه", "it is his own file"),
}
"""What makes somebody unfit to judge, as the database names it."""

COMPLAINT_STAFF = (Role.TERRITORIAL_MANAGER, Role.CLAIMS_OFFICER, Role.APPEALS_OFFICER, Role.COUNTER_AGENT)
"""Roles that answer complaints of their territory."""

WALLING_STAFF = (Role.APPEALS_OFFICER, Role.CLAIMS_OFFICER, Role.TERRITORIAL_MANAGER)
"""Roles that may say that a part of an appeal tells of health, beside whoever may appeal."""


def commune_of(subject: Appeal | Decision) -> str:
    """Whose territory a decision, or the appeal against it, belongs to."""
    if subject.household is not None:
        return subject.household.commune
    return subject.establishment.commune if subject.establishment is not None else ""


def may_appeal(actor: Actor, subject: Appeal | Decision) -> bool:
    """A citizen appeals for his own household, a director for his establishment, a counter agent for either there."""
    if holds_over(actor, Role.COUNTER_AGENT, commune_of(subject)) or is_the_service(actor):
        return True
    if subject.household_id is not None:
        return subject.household_id in actor.households
    return subject.establishment is not None and actor.establishment == subject.establishment.code != ""


def may_hear(actor: Actor, appeal: Appeal) -> bool:
    """An appeals officer says whether appeals of his territory can be heard, and judges those put to him."""
    return holds_over(actor, Role.APPEALS_OFFICER, commune_of(appeal))


def may_assign(actor: Actor, appeal: Appeal, judge_id: int) -> bool:
    """A territorial manager names the judge; an appeals officer may take an appeal that has none."""
    if holds_over(actor, Role.TERRITORIAL_MANAGER, commune_of(appeal)):
        return True
    return may_hear(actor, appeal) and judge_id == actor.account_id and appeal.judge_id in {None, judge_id}


def may_pass_on(actor: Actor, appeal: Appeal) -> bool:
    """An appeals officer from whom a part of an appeal is kept passes it on, unless another judge has it."""
    return (
        may_hear(actor, appeal) and appeal.judge_id in {None, actor.account_id} and bool(withheld_from(actor, appeal))
    )


def may_wall(actor: Actor, appeal: Appeal) -> bool:
    """Whoever may appeal, and the staff who hear, decide or direct there, say that a part of it tells of health."""
    return may_appeal(actor, appeal) or any(holds_over(actor, role, commune_of(appeal)) for role in WALLING_STAFF)


def can_read_whole(account_id: int, appeal: Appeal) -> bool:
    """Whether an account may read facts of health, where the appeal tells of some."""
    return not tells_of_health(appeal) or actor_of(Account.objects.get(pk=account_id)).health


def can_be_judge(account_id: int, appeal: Appeal) -> bool:
    """Whether an account holds the appeals officer's role over the appeal's territory today."""
    held = RoleGrant.objects.filter(
        account_id=account_id, account__is_active=True, role=Role.APPEALS_OFFICER, revoked_at=None
    )
    return any(commune_of(appeal).startswith(place) for place in held.values_list("territory", flat=True))


def is_its_judge(actor: Actor, appeal: Appeal) -> bool:
    """The judge named, and nobody else, asks for evidence and judges."""
    return may_hear(actor, appeal) and actor.account_id is not None and appeal.judge_id == actor.account_id


def may_execute(actor: Actor, appeal: Appeal) -> bool:
    """The decision that a judgment asks for is taken by its judge or by a claims officer of the territory."""
    return is_its_judge(actor, appeal) or holds_over(actor, Role.CLAIMS_OFFICER, commune_of(appeal))


def part_taken(account_id: int | None, appeal: Appeal) -> str | None:
    """What part an account took in what is judged, one of `PARTS`; None where it is a stranger to it.

    The database's own list first, then the journal: whoever asked for a correction of the claim has prepared it.
    """
    if account_id is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT appeals_part_taken(%s, %s, %s)", [appeal.decision_id, appeal.received_by_id, account_id])
        (found,) = cursor.fetchone() or (None,)
    if found is not None:
        return str(found)
    return "prepared" if _handled_the_claim(account_id, appeal.decision_id) else None


def require_stranger(account_id: int | None, appeal: Appeal) -> None:
    """Go on only with somebody who took no part in what is judged.

    Raises:
        NotAllowedError: he did; says which.
    """
    if part := part_taken(account_id, appeal):
        raise NotAllowedError(
            f"appeal {appeal.reference}: nobody judges what he took part in, and of this officer, {PARTS[part].en}:"
            " let another officer hear it"
        )


def may_complain(actor: Actor, household_id: int | None, commune: str) -> bool:
    """A citizen complains about his own file; a counter agent writes down what whoever comes complains of."""
    if holds_over(actor, Role.COUNTER_AGENT, commune) or is_the_service(actor):
        return True
    return household_id in actor.households


def may_direct(actor: Actor, complaint: Complaint) -> bool:
    """A territorial manager hands out the complaints of his territory."""
    return holds_over(actor, Role.TERRITORIAL_MANAGER, complaint.commune)


def may_answer(actor: Actor, complaint: Complaint) -> bool:
    """Whoever has the complaint answers it, any of the staff where nobody has, only a manager once it is escalated."""
    if may_direct(actor, complaint):
        return True
    if complaint.state == "escalated" or not any(holds_over(actor, one, complaint.commune) for one in COMPLAINT_STAFF):
        return False
    return complaint.assigned_to_id in {None, actor.account_id}


def may_escalate(actor: Actor, complaint: Complaint) -> bool:
    """Who complained and is not content, whoever has the complaint, or the service when its day passed."""
    return (
        is_the_service(actor)
        or may_complain(actor, complaint.household_id, complaint.commune)
        or may_answer(actor, complaint)
    )


def _handled_the_claim(account_id: int, decision_id: int) -> bool:
    with acting_as(SYSTEM):
        claim = Decision.objects.filter(pk=decision_id).values_list("claim__reference", flat=True).first()
        events = Event.objects.filter(subject_type="claim", subject_id=claim or "", account_id=account_id)
        return claim is not None and events.exclude(kind__contains="read").exists()
