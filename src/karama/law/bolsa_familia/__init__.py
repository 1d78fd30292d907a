"""Brazil's Bolsa Família of 2023 (lei 14.601/2023), written from memory to show that the engine knows no country.

Every amount is unconfirmed.
"""

from __future__ import annotations

from pathlib import Path

from karama.foundation.languages import Label
from karama.foundation.months import Month
from karama.law.bolsa_familia import formulas
from karama.law.citations import translate
from karama.law.engine.expressions import Entity
from karama.law.engine.formulas import formulas_of
from karama.law.engine.graph import Law
from karama.law.engine.inputs import InputColumn, Inputs
from karama.law.engine.parameters import ParameterSet
from karama.law.engine.programme import Benefit, Condition, Programme
from karama.law.engine.types import DATE, INTEGER, TEXT

CADASTRO_UNICO = "Cadastro Único"
INPUTS = Inputs(
    columns=(
        InputColumn(
            "household_id",
            Entity.HOUSEHOLD,
            TEXT,
            Label("identifiant de la famille", "معرّف الأسرة", "family identifier"),
            CADASTRO_UNICO,
        ),
        InputColumn(
            "monthly_income",
            Entity.HOUSEHOLD,
            INTEGER,
            Label("revenu mensuel de la famille", "الدخل الشهري للأسرة", "monthly family income"),
            CADASTRO_UNICO,
            unit="BRL per month",
            least=0,
            most=100_000,
        ),
        InputColumn(
            "person_id",
            Entity.PERSON,
            TEXT,
            Label("identifiant de la personne", "معرّف الشخص", "person identifier"),
            CADASTRO_UNICO,
        ),
        InputColumn(
            "birth_date",
            Entity.PERSON,
            DATE,
            Label("date de naissance", "تاريخ الميلاد", "date of birth"),
            CADASTRO_UNICO,
        ),
    )
)

PROGRAMME = Programme(
    name="bolsa_familia",
    label=Label("Bolsa Família (Brésil, 2023)", "بولسا فاميليا (البرازيل، 2023)", "Bolsa Família (Brazil, 2023)"),
    description=Label(
        "Exemple d'un autre pays, écrit de mémoire : montants non confirmés.",
        "مثال من بلد آخر، كتب من الذاكرة: المبالغ غير مؤكدة.",
        "Example from another country, written from memory: amounts unconfirmed.",
    ),
    currency="BRL",
    law=Law(INPUTS, formulas_of(formulas), ParameterSet.load([Path(__file__).parent / "parameters.yaml"])),
    conditions=(
        Condition(
            "income_at_or_under_limit",
            "income_above_limit",
            Label(
                "le revenu par personne dépasse le plafond",
                "الدخل الفردي يتجاوز السقف",
                "income per head is above the limit",
            ),
            value="income_per_head",
            required="income_limit",
        ),
    ),
    benefits=(
        Benefit("citizenship_income"),
        Benefit("family_supplement"),
        Benefit("early_childhood"),
        Benefit("family_variable"),
    ),
    first_month=Month(2023, 6),
    translate=translate,
    aid_labels={
        "family": Label("Bolsa Família", "بولسا فاميليا", "Bolsa Família"),
        "none": Label("aucune aide", "لا إعانة", "no aid"),
    },
)
