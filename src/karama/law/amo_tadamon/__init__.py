"""AMO-Tadamon: free health cover (assurance maladie obligatoire) under a threshold of its own; no amount is paid."""

from __future__ import annotations

from pathlib import Path

from karama.foundation.languages import Label
from karama.foundation.months import Month
from karama.law import asd, score_in_force
from karama.law.amo_tadamon import formulas
from karama.law.citations import translate
from karama.law.engine.formulas import formulas_of
from karama.law.engine.graph import Law
from karama.law.engine.parameters import ParameterSet
from karama.law.engine.programme import Condition, Programme
from karama.law.inputs import REGISTER

PROGRAMME = Programme(
    name="amo_tadamon",
    label=Label("AMO-Tadamon", "أمو تضامن", "AMO-Tadamon"),
    description=Label(
        "Couverture médicale gratuite sous le seuil (décret 2-22-923).",
        "تغطية صحية مجانية تحت العتبة (المرسوم 2.22.923).",
        "Free health cover at or under the threshold (decree 2-22-923).",
    ),
    currency="MAD",
    law=Law(
        REGISTER,
        formulas_of(formulas, score_in_force),
        ParameterSet.load([Path(__file__).parent / "parameters.yaml"]),
    ),
    conditions=(
        Condition(
            "has_score_in_force",
            "no_score_in_force",
            Label(
                "aucun indice n'est en vigueur au RSU",
                "لا يوجد مؤشر ساري في السجل الاجتماعي",
                "no score is in force in the RSU",
            ),
            value="score_in_force",
            correct_at=asd.RSU,
        ),
        Condition(
            "score_at_or_under_threshold",
            "score_above_threshold",
            Label("l'indice dépasse le seuil", "المؤشر يتجاوز العتبة", "the score is above the threshold"),
            value="score_in_force",
            required="score_threshold",
            correct_at=asd.RSU,
        ),
    ),
    benefits=(),
    first_month=Month(2022, 12),
    amount=None,
    prepare=asd.prepare,
    translate=translate,
    aid_labels={
        "cover": Label("couverture AMO-Tadamon", "تغطية أمو تضامن", "AMO-Tadamon cover"),
        "none": Label("aucune couverture", "لا تغطية", "no cover"),
    },
)
