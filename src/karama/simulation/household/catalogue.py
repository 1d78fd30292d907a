"""The changes that "what if?" knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from karama.foundation.errors import BadInputError
from karama.foundation.languages import Label
from karama.foundation.months import Month
from karama.law.inputs import CHILD_ROLES, ROLES
from karama.simulation.household.change_kinds import (
    HOLDS_FROM,
    MEMBER,
    NEW_HEAD,
    PARTNERS,
    SUCCESSOR,
    WHO,
    ChangeKind,
    Field,
    member,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from karama.simulation.household.change_kinds import Apply, Household, Values


def _person(household: Household, values: Values) -> dict[str, Any]:
    found = member(household, values[MEMBER])
    assert found is not None  # noqa: S101 - the change was read against these members
    return found


def _marks_person(**facts: object) -> Apply:
    """A change that sets facts of the member; those that are fields of the change take its values."""

    def apply(household: Household, values: Values, month: Month) -> Household:  # noqa: ARG001 - a change's shape
        _person(household, values).update({name: values.get(name, value) for name, value in facts.items()})
        return household

    return apply


def _income(of_household: str, of_person: str) -> Apply:
    """A change by which a partner receives something that the aid is not cumulated with."""

    def apply(household: Household, values: Values, month: Month) -> Household:  # noqa: ARG001 - a change's shape
        _person(household, values)[of_person] = True
        return {**household, of_household: True}

    return apply


def _formal_job_ends(household: Household, values: Values, month: Month) -> Household:  # noqa: ARG001 - a shape
    """The family keeps an allowance that another partner still receives."""
    _person(household, values)["receives_family_allowance"] = False
    left = any(one.get("receives_family_allowance") for one in household["members"] if one.get("role") in PARTNERS)
    return {**household, "other_family_allowance": left}


def _moves(household: Household, values: Values, month: Month) -> Household:  # noqa: ARG001 - a change's shape
    """The region follows from the commune."""
    moved = {name: value for name, value in household.items() if name != "region"}
    return {**moved, "commune": values["commune"], "milieu": values["milieu"] or household.get("milieu")}


def _new_id(household: Mapping[str, Any]) -> str:
    taken = {one.get(MEMBER) for one in household["members"]}
    return next(name for name in (f"new-{number}" for number in range(1, len(taken) + 2)) if name not in taken)


def _birth(household: Household, values: Values, month: Month) -> Household:  # noqa: ARG001 - a change's shape
    """The child is of the mother of the other children where the file names a single one."""
    mothers = {one.get("mother_id") for one in household["members"] if one.get("role") == "child"}
    child = {
        MEMBER: _new_id(household),
        "role": "child",
        "sex": values["sex"],
        "birth_date": values["birth_date"],
        "mother_id": values["mother_id"] or (mothers.pop() if len(mothers) == 1 else None),
        "live_birth_order": values["live_birth_order"],
        "birth_grant_claim_date": values["birth_grant_claim_date"] or values["birth_date"],
    }
    household["members"].append(child)
    return household


def _death(household: Household, values: Values, month: Month) -> Household:
    """From the month after the death the spouse heads the family, and the children of a father are orphans of him."""
    dead = _person(household, values)
    dead["death_date"] = values["death_date"]
    if month <= Month.parse(values["death_date"][:7]) or dead.get("role") not in PARTNERS:
        return household
    others = [one for one in household["members"] if one is not dead and not one.get("death_date")]
    partner = next((one for one in others if one.get("role") in PARTNERS), None)
    successor = member(household, values[NEW_HEAD]) or partner
    if dead["role"] == "head" and successor is not None:
        successor["role"] = "head"
    if partner is not None:
        partner["marital_status"] = "widowed"
    if dead.get("sex") == "M":
        for one in others:
            if one.get("role") == "child":
                one["father_deceased"] = True
    return household


def _new_score(household: Household, values: Values, month: Month) -> Household:
    """The score in force until then stays known as the previous one."""
    previous = household.get("score")
    if previous is None and household.get("score_inputs") is not None:
        from karama.law import rsu  # noqa: PLC0415 - most households come with their score only

        previous = rsu.score_household(household, month)
    since = values["score_effective_from"]
    return {**household, "score": values["score"], "score_effective_from": since, "previous_score": previous}


def _leaves(household: Household, values: Values, month: Month) -> Household:  # noqa: ARG001 - a change's shape
    kept = [one for one in household["members"] if one.get(MEMBER) != values[MEMBER]]
    return {**household, "members": kept}


def _marriage(household: Household, values: Values, month: Month) -> Household:  # noqa: ARG001 - a change's shape
    head = next((one for one in household["members"] if one.get("role") == "head" and not one.get("death_date")), None)
    if head is None:
        message = "no member is a living 'head': give the family one who can marry"
        raise BadInputError(message)
    head["marital_status"] = "married"
    spouse = {
        MEMBER: _new_id(household),
        "role": "spouse",
        "sex": values["sex"] or ("M" if head.get("sex") == "F" else "F"),
        "birth_date": values["birth_date"],
        "marital_status": "married",
    }
    household["members"].append(spouse)
    return household


_OPENS_ALLOWANCES = Label(
    "L'emploi est supposé ouvrir droit aux allocations familiales d'un autre régime.",
    "يفترض أن الشغل يخول تعويضات عائلية من نظام آخر.",
    "The job is assumed to open a right to the family allowances of another scheme.",
)
_CLAIMED_AT_ONCE = Label(
    "Sans autre date, la prime est supposée demandée le jour de la naissance ; le rang de naissance suit les enfants du"
    " ménage.",
    "ما لم يذكر تاريخ آخر، يفترض أن المنحة طلبت يوم الولادة؛ وترتيب الولادة يتبع أطفال الأسرة.",
    "Without another date the grant is assumed to be claimed on the day of birth; the order of the birth follows from"
    " the children of the household.",
)
_SUCCESSION = Label(
    "Dès le mois suivant, le conjoint est supposé devenir chef de ménage et les enfants d'un père décédé orphelins de"
    " lui.",
    "ابتداء من الشهر الموالي يفترض أن يصبح الزوج أو الزوجة رب الأسرة وأن يصبح أبناء الأب المتوفى أيتامه.",
    "From the next month the spouse is assumed to head the household, and the children of a father who died to be his"
    " orphans.",
)

_KINDS = (
    ChangeKind(
        "leaves_school",
        Label("un enfant quitte l'école", "طفل يغادر المدرسة", "a child leaves school"),
        (WHO, HOLDS_FROM),
        _marks_person(enrolled=False),
        roles=(*CHILD_ROLES, "other"),
    ),
    ChangeKind(
        "returns_to_school",
        Label(
            "un enfant va ou retourne à l'école",
            "طفل يلتحق بالمدرسة أو يعود إليها",
            "a child goes or returns to school",
        ),
        (WHO, Field("school_level"), Field("public_school", required=False, default=True), HOLDS_FROM),
        _marks_person(enrolled=True, school_level=None, public_school=True),
        roles=(*CHILD_ROLES, "other"),
    ),
    ChangeKind(
        "formal_job",
        Label(
            "le chef de ménage ou le conjoint trouve un emploi déclaré",
            "رب الأسرة أو زوجه يجد عملا مصرحا به",
            "the head or the spouse finds a declared job",
        ),
        (WHO, HOLDS_FROM),
        _income("other_family_allowance", "receives_family_allowance"),
        roles=PARTNERS,
        moves_score="declared",
        assumes=(_OPENS_ALLOWANCES,),
    ),
    ChangeKind(
        "formal_job_ends",
        Label("un emploi déclaré prend fin", "ينتهي عمل مصرح به", "a declared job ends"),
        (WHO, HOLDS_FROM),
        _formal_job_ends,
        roles=PARTNERS,
        moves_score="declared",
    ),
    ChangeKind(
        "state_job",
        Label(
            "le chef de ménage ou le conjoint est payé par l'État",
            "رب الأسرة أو زوجه يتقاضى أجرا من الدولة",
            "the head or the spouse is paid by the State",
        ),
        (WHO, HOLDS_FROM),
        _income("state_pay", "receives_state_pay"),
        roles=PARTNERS,
        moves_score="declared",
    ),
    ChangeKind(
        "pension",
        Label(
            "le chef de ménage ou le conjoint reçoit une pension",
            "رب الأسرة أو زوجه يتقاضى معاشا",
            "the head or the spouse receives a pension",
        ),
        (WHO, HOLDS_FROM),
        _income("pension", "receives_pension"),
        roles=PARTNERS,
        moves_score="declared",
    ),
    ChangeKind(
        "move",
        Label("la famille déménage", "الأسرة تنتقل", "the family moves"),
        (Field("commune"), Field("milieu", required=False), HOLDS_FROM),
        _moves,
        moves_score="composition",
    ),
    ChangeKind(
        "birth",
        Label("un enfant naît", "ولادة طفل", "a child is born"),
        (
            Field("birth_date"),
            Field("sex"),
            Field("birth_grant_claim_date", required=False),
            Field("mother_id", required=False),
            Field("live_birth_order", required=False),
        ),
        _birth,
        starts="birth_date",
        moves_score="composition",
        assumes=(_CLAIMED_AT_ONCE,),
    ),
    ChangeKind(
        "death",
        Label("un membre de la famille meurt", "وفاة فرد من الأسرة", "a member of the family dies"),
        (WHO, Field("death_date"), SUCCESSOR),
        _death,
        starts="death_date",
        moves_score="composition",
        assumes=(_SUCCESSION,),
    ),
    ChangeKind(
        "new_score",
        Label("le RSU donne un nouvel indice", "السجل الاجتماعي يعطي مؤشرا جديدا", "the RSU gives a new score"),
        (Field("score"), Field("score_effective_from", required=False)),
        _new_score,
        starts="score_effective_from",
    ),
    ChangeKind(
        "disability_certified",
        Label("un handicap lourd est certifié", "إثبات إعاقة شديدة", "a severe disability is certified"),
        (WHO, HOLDS_FROM),
        _marks_person(severe_disability=True),
    ),
    ChangeKind(
        "leaves_household",
        Label("un membre quitte le ménage", "فرد يغادر الأسرة", "a member leaves the household"),
        (WHO, HOLDS_FROM),
        _leaves,
        roles=tuple(one for one in ROLES if one != "head"),
        moves_score="composition",
    ),
    ChangeKind(
        "marriage",
        Label("le chef de ménage se marie", "رب الأسرة يتزوج", "the head of the household marries"),
        (Field("birth_date"), Field("sex", required=False), HOLDS_FROM),
        _marriage,
        moves_score="composition",
    ),
)

CHANGES = {one.name: one for one in _KINDS}
"""The changes by their name."""
