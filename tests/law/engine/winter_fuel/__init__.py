"""A programme of no country, data and formulas only: the engine runs it without knowing it."""

from __future__ import annotations

from pathlib import Path

from karama.foundation.languages import Label
from karama.foundation.months import Month
from karama.law.engine.formulas import formulas_of
from karama.law.engine.graph import Law
from karama.law.engine.parameters import ParameterSet
from karama.law.engine.programme import Benefit, Condition, Programme
from tests.law.engine.both_engines import TOY
from tests.law.engine.winter_fuel import formulas

PARAMETERS = Path(__file__).parent / "parameters.yaml"

PROGRAMME = Programme(
    name="winter_fuel",
    label=Label("aide au chauffage", "إعانة التدفئة", "winter fuel aid"),
    description=Label("exemple", "مثال", "example"),
    currency="MAD",
    law=Law(TOY, formulas_of(formulas), ParameterSet.load([PARAMETERS])),
    conditions=(
        Condition(
            "in_need",
            "not_in_need",
            Label("au-dessus du seuil", "فوق العتبة", "above the threshold"),
            value="score",
            required="need_threshold",
        ),
        Condition("has_claimed", "no_claim", Label("aucune demande", "لا طلب", "no claim")),
    ),
    benefits=(Benefit("basic_fuel"), Benefit("child_fuel", rank="child_place")),
    first_month=Month(2025, 10),
)
