"""The direct social aid (aide sociale directe, ASD): law 58-23 and its decrees, one folder per benefit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from karama.foundation.languages import Label
from karama.foundation.months import Month
from karama.law import score_in_force
from karama.law.asd.back_to_school import formulas as back_to_school
from karama.law.asd.birth_grant import formulas as birth_grant
from karama.law.asd.child_aid import formulas as child_aid
from karama.law.asd.eligibility import formulas as eligibility
from karama.law.asd.flat_aid import formulas as flat_aid
from karama.law.citations import translate
from karama.law.engine.formulas import formulas_of
from karama.law.engine.graph import Law
from karama.law.engine.parameters import ParameterSet
from karama.law.engine.programme import Benefit, Condition, Programme
from karama.law.households import check_members, with_region
from karama.law.inputs import REGISTER
from karama.law.presence import formulas as presence

HERE = Path(__file__).parent
FOLDERS = ("../presence", "eligibility", "child_aid", "flat_aid", "birth_grant", "back_to_school")
ASD_SPACE = Label("espace ASD", "فضاء الدعم الاجتماعي المباشر", "the ASD space")
RNP = Label("Registre national de la population (RNP)", "السجل الوطني للسكان", "national population registry (RNP)")
RSU = Label("Registre social unifié (RSU)", "السجل الاجتماعي الموحد", "single social registry (RSU)")


def prepare(raw: dict[str, Any], month: Month, where: str) -> dict[str, Any]:
    """Complete a household: region from the commune, score from its variables, month of effect of the score.

    Raises:
        BadInputError: no such commune code, or both no head and several heads, or impossible dates.
    """
    household = with_region(raw, where)
    inputs = household.pop("score_inputs", None)
    if inputs is not None:
        from karama.law import rsu  # noqa: PLC0415 - most households come with their score only

        variables = {**raw, "score_inputs": inputs}
        if household.get("score") is None:
            household["score"] = rsu.score_household(variables, month, where)
        else:
            rsu.prepare(variables, month, where)  # not read, but a wrong name is not passed over
    if "score_effective_from" not in household and household.get("score") is not None:
        household["score_effective_from"] = str(month - 1)
    check_members(household.get("members"), month, where)
    return household


CONDITIONS = (
    Condition(
        "has_claimed",
        "no_claim",
        Label("aucune demande n'a été déposée", "لم يتم إيداع أي طلب", "no claim was made"),
        correct_at=ASD_SPACE,
    ),
    Condition(
        "first_month_due_reached",
        "before_first_month_due",
        Label(
            "le mois précède le premier mois dû", "الشهر سابق لأول شهر مستحق", "the month is before the first month due"
        ),
        value="claim_month",
    ),
    Condition(
        "has_score_in_force",
        "no_score_in_force",
        Label(
            "aucun indice n'est en vigueur au RSU",
            "لا يوجد مؤشر ساري في السجل الاجتماعي",
            "no score is in force in the RSU",
        ),
        value="score_in_force",
        correct_at=RSU,
    ),
    Condition(
        "score_at_or_under_threshold",
        "score_above_threshold",
        Label("l'indice dépasse le seuil", "المؤشر يتجاوز العتبة", "the score is above the threshold"),
        value="score_in_force",
        required="score_threshold",
        correct_at=RSU,
    ),
    Condition(
        "head_is_resident",
        "not_resident",
        Label(
            "le chef de famille ne réside pas au Maroc",
            "رب الأسرة غير مقيم بالمغرب",
            "the head does not live in Morocco",
        ),
        correct_at=RNP,
    ),
    Condition(
        "every_member_in_rnp",
        "member_not_in_rnp",
        Label(
            "un membre n'est pas au RNP", "أحد الأفراد غير مسجل في السجل الوطني للسكان", "a member is not in the RNP"
        ),
        correct_at=RNP,
    ),
    Condition(
        "no_other_family_allowance",
        "other_family_allowance",
        Label(
            "une autre allocation familiale est perçue",
            "يتم تقاضي تعويضات عائلية أخرى",
            "another family allowance is received",
        ),
        correct_at=ASD_SPACE,
    ),
    Condition(
        "no_state_pay",
        "state_pay",
        Label("un traitement public est perçu", "يتم تقاضي أجر عمومي", "pay from the State is received"),
        correct_at=ASD_SPACE,
    ),
    Condition(
        "no_pension",
        "pension",
        Label("une pension est perçue", "يتم تقاضي معاش", "a pension is received"),
        correct_at=ASD_SPACE,
    ),
    Condition(
        "no_fonds_entraide_familiale",
        "fonds_entraide_familiale",
        Label(
            "le Fonds d'entraide familiale est perçu",
            "تتم الاستفادة من صندوق التكافل العائلي",
            "the Fonds d'entraide familiale is received",
        ),
        correct_at=ASD_SPACE,
    ),
    Condition(
        "no_social_security_declaration",
        "social_security_declaration",
        Label(
            "la durée de déclaration à la sécurité sociale est atteinte",
            "بلغت مدة التصريح بالضمان الاجتماعي",
            "the social-security declaration period is reached",
        ),
        correct_at=ASD_SPACE,
    ),
    Condition(
        "an_aid_exists",
        "not_eligible_for_any_aid",
        Label("aucune aide ne correspond à la famille", "لا توجد إعانة تناسب الأسرة", "no aid fits the family"),
    ),
)

BENEFITS = (
    Benefit("child_aid", rank="child_rank"),
    Benefit("disability_supplement", rank="child_rank"),
    Benefit("family_floor"),
    Benefit("flat_aid"),
    Benefit("birth_grant", one_off=True),
    Benefit("back_to_school_grant", one_off=True),
)

PROGRAMME = Programme(
    name="asd",
    label=Label("Aide sociale directe", "الدعم الاجتماعي المباشر", "Direct social aid"),
    description=Label(
        "Aide mensuelle aux familles sous le seuil de l'indice socio-économique (loi 58-23).",
        "إعانة شهرية للأسر التي لا يتجاوز مؤشرها العتبة (القانون 58.23).",
        "Monthly aid to families at or under the score threshold (law 58-23).",
    ),
    currency="MAD",
    law=Law(
        REGISTER,
        formulas_of(presence, eligibility, score_in_force, child_aid, flat_aid, birth_grant, back_to_school),
        ParameterSet.load(HERE / folder / "parameters.yaml" for folder in FOLDERS),
    ),
    conditions=CONDITIONS,
    benefits=BENEFITS,
    first_month=Month(2023, 12),
    trace=("counted_children", "amounts_under_floor"),
    person_trace=("is_counted_child", "counts_as_at_school", "child_rank"),
    prepare=prepare,
    translate=translate,
    aid_labels={
        "child": Label("aide à l'enfance", "إعانة الطفولة", "child aid"),
        "flat": Label("aide forfaitaire", "إعانة جزافية", "flat aid"),
        "none": Label("aucune aide", "لا إعانة", "no aid"),
    },
)
