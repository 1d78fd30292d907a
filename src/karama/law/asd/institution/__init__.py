"""Children in social protection establishments (loi 58-23, art. 16): a programme of its own, without households."""

from __future__ import annotations

from pathlib import Path

from karama.foundation.languages import Label
from karama.foundation.months import Month
from karama.law.asd.institution import formulas
from karama.law.citations import translate
from karama.law.engine.formulas import formulas_of
from karama.law.engine.graph import Law
from karama.law.engine.parameters import ParameterSet
from karama.law.engine.programme import Benefit, Condition, Programme
from karama.law.inputs import WARDS

PROGRAMME = Programme(
    name="asd_institution",
    label=Label("Aide aux enfants placés", "إعانة الأطفال المودعين بمؤسسات الرعاية", "Aid to children in care"),
    description=Label(
        "Aide mensuelle bloquée jusqu'à 18 ans au nom de l'enfant placé (décret 2-25-1064).",
        "إعانة شهرية مجمدة إلى سن 18 باسم الطفل المودع (المرسوم 2.25.1064).",
        "Monthly aid in the name of a child in care, blocked until 18 (decree 2-25-1064).",
    ),
    currency="MAD",
    law=Law(WARDS, formulas_of(formulas), ParameterSet.load([Path(__file__).parent / "parameters.yaml"])),
    conditions=(
        Condition(
            "ward_first_month_reached",
            "before_first_month_due",
            Label(
                "le mois précède le premier mois dû",
                "الشهر سابق لأول شهر مستحق",
                "the month is before the first month due",
            ),
            value="claim_month",
        ),
        Condition(
            "ward_there_or_released",
            "left_establishment",
            Label("l'enfant a quitté l'établissement", "غادر الطفل المؤسسة", "the child has left the establishment"),
            value="left_on",
        ),
        Condition(
            "ward_minor_or_released",
            "of_age",
            Label("l'enfant a atteint 18 ans", "بلغ الطفل 18 سنة", "the child has turned 18"),
            value="birth_date",
        ),
    ),
    benefits=(Benefit("institution_aid"), Benefit("institution_top_up", one_off=True)),
    first_month=Month(2025, 12),
    trace=("months_due", "capital", "release"),
    translate=translate,
    aid_labels={
        "institution": Label("aide à l'enfant placé", "إعانة الطفل المودع", "aid of a child in care"),
        "none": Label("aucune aide", "لا إعانة", "no aid"),
    },
)
