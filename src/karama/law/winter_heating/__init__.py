"""A winter heating grant in mountain communes: invented for the demonstration, no law of Morocco says it.

It shows what another programme entrusted by the State needs: this folder, and a claim form described as data.  Two of
its columns stand in no registry: the household's own claim declares them.
"""

from __future__ import annotations

from pathlib import Path

from karama.foundation.languages import Label
from karama.foundation.months import Month
from karama.law import asd, score_in_force
from karama.law.citations import translate
from karama.law.engine.expressions import Entity
from karama.law.engine.formulas import formulas_of
from karama.law.engine.graph import Law
from karama.law.engine.inputs import InputColumn, Inputs
from karama.law.engine.parameters import ParameterSet
from karama.law.engine.programme import Benefit, Condition, Programme
from karama.law.engine.types import INTEGER, choice
from karama.law.inputs import REGISTER
from karama.law.winter_heating import formulas

DECLARED = "the household's claim"
FUEL_LABELS = {
    "wood": Label("bois", "الحطب", "wood"),
    "gas": Label("gaz", "الغاز", "gas"),
    "electricity": Label("électricité", "الكهرباء", "electricity"),
    "none": Label("aucun", "بدون", "none"),
}

INPUTS = Inputs(
    columns=(
        *REGISTER.columns,
        InputColumn(
            "altitude",
            Entity.HOUSEHOLD,
            INTEGER.or_unknown(),
            Label("altitude du logement", "ارتفاع المسكن عن سطح البحر", "altitude of the dwelling"),
            DECLARED,
            unit="metres",
            default=None,
            least=0,
            most=4000,
        ),
        InputColumn(
            "heating_fuel",
            Entity.HOUSEHOLD,
            choice(*FUEL_LABELS).or_unknown(),
            Label("combustible de chauffage", "وقود التدفئة", "heating fuel"),
            DECLARED,
            default=None,
            code_labels=FUEL_LABELS,
        ),
    )
)

PROGRAMME = Programme(
    name="winter_heating",
    label=Label(
        "Prime de chauffage d'hiver (exemple inventé)",
        "منحة التدفئة الشتوية (مثال مبتكر)",
        "Winter heating grant (invented example)",
    ),
    description=Label(
        "Programme inventé pour la démonstration : aucune loi ne le prévoit.",
        "برنامج مبتكر لأغراض العرض: لا ينص عليه أي قانون.",
        "A programme invented for the demonstration: no law says it.",
    ),
    currency="MAD",
    law=Law(
        INPUTS,
        formulas_of(formulas, score_in_force),
        ParameterSet.load([Path(__file__).parent / "parameters.yaml"]),
    ),
    conditions=(
        Condition(
            "has_claimed",
            "no_claim",
            Label("aucune demande n'a été déposée", "لم يتم إيداع أي طلب", "no claim was made"),
            correct_at=asd.ASD_SPACE,
        ),
        Condition(
            "is_cold_month",
            "warm_month",
            Label("le mois n'est pas un mois froid", "الشهر ليس من الأشهر الباردة", "the month is not a cold one"),
        ),
        Condition(
            "score_at_or_under_threshold",
            "score_above_threshold",
            Label("l'indice dépasse le seuil", "المؤشر يتجاوز العتبة", "the score is above the threshold"),
            value="score_in_force",
            required="score_threshold",
            correct_at=asd.RSU,
        ),
        Condition(
            "lives_in_the_mountains",
            "not_in_the_mountains",
            Label(
                "le logement est sous l'altitude minimale",
                "المسكن تحت الارتفاع الأدنى",
                "the dwelling is under the least altitude",
            ),
            value="altitude",
            required="mountain_altitude",
            correct_at=asd.ASD_SPACE,
        ),
        Condition(
            "heats_with_a_fuel",
            "no_fuel_declared",
            Label(
                "aucun combustible aidé n'est déclaré",
                "لم يصرح بأي وقود مدعم",
                "no fuel that is helped is declared",
            ),
            value="heating_fuel",
            correct_at=asd.ASD_SPACE,
        ),
    ),
    benefits=(Benefit("heating_grant"), Benefit("young_child_supplement")),
    first_month=Month(2025, 11),
    prepare=asd.prepare,
    translate=translate,
    aid_labels={
        "heating": Label("prime de chauffage", "منحة التدفئة", "heating grant"),
        "none": Label("aucune aide", "لا إعانة", "no aid"),
    },
)
